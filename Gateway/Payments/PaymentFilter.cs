using Gateway.Wire;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;

namespace Gateway.Payments;

/// <summary>What <c>GET /payments</c> is asked for.</summary>
internal sealed class PaymentFilter
{
    private static readonly string[] Statuses = ["pending", "held", "settled", "rejected", "accepted_without_posting", "unresolved"];

    private static readonly decimal[] Scale = [1, 10, 100, 1_000, 10_000];

    private decimal? minAmount;
    private decimal? maxAmount;
    private string? status;

    public int Limit { get; private init; }

    /// <summary>The cursor as it was given: an id of a chain's row, or a place in each shard. Which of them is asked for, the way to the payments says.</summary>
    public string? After { get; private init; }

    public AccountId? Account { get; private init; }

    public AccountId? Debtor { get; private init; }

    public AccountId? Creditor { get; private init; }

    public string? IdempotencyKey { get; private init; }

    public string? EndToEndId { get; private init; }

    public Guid? Uetr { get; private init; }

    /// <summary>Inclusive, in milliseconds since 1970.</summary>
    public long FromMs { get; private init; }

    /// <summary>Exclusive.</summary>
    public long ToMs { get; private init; }

    /// <param name="shards">How many places a cursor over all shards has.</param>
    public static (PaymentFilter Filter, Problems.FieldErrors Errors) Read(HttpContext context, int shards)
    {
        var query = new QueryParameters(
            context, "account", "debtorAccount", "creditorAccount", "status", "createdFrom", "createdTo", "idempotencyKey", "endToEndId", "uetr", "minAmount", "maxAmount", "limit", "after");
        var filter = new PaymentFilter
        {
            Limit = query.Limit(),
            After = query.Text("after") is { } cursor and not "0" ? cursor : null,
            Account = query.Account("account"),
            Debtor = query.Account("debtorAccount"),
            Creditor = query.Account("creditorAccount"),
            IdempotencyKey = query.Text("idempotencyKey"),
            EndToEndId = query.Text("endToEndId"),
            Uetr = ReadUetr(query),
            FromMs = query.Time("createdFrom") is { } from ? CeilingMs(from) : 0,
            ToMs = query.Time("createdTo") is { } to ? CeilingMs(to) : long.MaxValue,
            minAmount = query.Amount("minAmount"),
            maxAmount = query.Amount("maxAmount"),
            status = query.Text("status"),
        };
        if (filter.After is { } after && !LogCursor.TryParse(after, 1, out _) && !LogCursor.TryParse(after, shards, out _))
            query.Errors.Add("after", QueryParameters.ForeignCursor);
        if (filter.status is not null && !Statuses.Contains(filter.status))
            query.Errors.Add("status", $"must be one of {string.Join(", ", Statuses)}.");
        if (filter.IdempotencyKey is { } key && !Idempotency.IdempotencyHeader.IsKey(key))
            query.Errors.Add("idempotencyKey", "must be 1 to 255 printable ASCII characters.");
        return (filter, query.Errors);
    }

    /// <summary>Whether a payment's first row is asked for, as far as the row says.</summary>
    public bool Matches(LogRow row) =>
        PaymentViews.IsPayment(row) && row.TimeMs >= FromMs && row.TimeMs < ToMs
        && (status is null || PaymentReader.IsUnderWay(row) || status == (row.Type == EventType.PaymentRejected ? "rejected" : "settled"))
        && (minAmount is null || Amount(row) >= minAmount) && (maxAmount is null || Amount(row) <= maxAmount);

    /// <summary>Whether a status that the first row does not tell is asked for.</summary>
    public bool AsksForStatus(LogRow row) => status is not null && PaymentReader.IsUnderWay(row);

    public bool MatchesStatus(Grains.Interfaces.Accounts.PaymentStatus now) => status is null || status == now.Name();

    private static decimal Amount(LogRow row) => new decimal(row.Amount) / Scale[row.Currency.MinorDigits];

    // Rows have whole milliseconds: a finer bound is moved up to the next one, for both ends alike.
    private static long CeilingMs(DateTimeOffset time)
    {
        var ms = time.ToUnixTimeMilliseconds();
        return time.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? ms : ms + 1;
    }

    private static Guid? ReadUetr(QueryParameters query)
    {
        if (query.Text("uetr") is not { } text)
            return null;
        if (Guid.TryParseExact(text, "D", out var uetr))
            return uetr;
        query.Errors.Add("uetr", "must be a UUID.");
        return null;
    }
}
