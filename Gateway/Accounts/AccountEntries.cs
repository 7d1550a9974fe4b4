using System.Text.Json;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Accounts;

/// <summary><c>GET /accounts/{id}/entries</c>: what was posted to the account, newest first, along its chain of rows.</summary>
internal sealed class AccountEntries(ILedgerReader reader, PaymentReader payments, AccountViews views, IOptions<GatewayOptions> options)
{
    private const int PageRows = 256;
    private const string Prefix = "ent";

    public async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "limit", "after");
        var (limit, after) = (query.Limit(), query.Cursor());
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (await views.Find((string?)context.Request.RouteValues["id"], caller) is not { } account)
            return new Problem(ProblemCode.NotFound, "There is no such account.");
        if (after is { } from and not 0 && !await AccountChain.Has(reader, account, from))
        {
            query.Errors.Add("after", QueryParameters.ForeignCursor);
            return query.Errors.ToProblem();
        }

        var page = await Scan(account, after ?? 0, limit);
        return page.ToResult(Write);
    }

    private async ValueTask<ListPage<Entry>> Scan(AccountRecord account, long from, int limit)
    {
        var found = new List<Entry>();
        var next = from;
        for (var scanned = 0; scanned < options.Value.MaxScannedRows;)
        {
            var rows = await reader.Activity(account.Number, next, PageRows);
            foreach (var row in rows)
            {
                if (MovesMoney(row))
                {
                    if (found.Count == limit)
                        return new ListPage<Entry>(found, true, row.Id);
                    found.Add(await Of(row, account));
                }

                next = row.Debtor == account.Number ? row.DebtorPrevious : row.CreditorPrevious;
            }

            scanned += rows.Count;
            if (rows.Count < PageRows || next == 0)
                return new ListPage<Entry>(found, false, null);
        }

        return new ListPage<Entry>(found, true, next);
    }

    private async ValueTask<Entry> Of(LogRow row, AccountRecord account)
    {
        var isDebit = row.Debtor == account.Number;
        PaymentId? payment = row.Payment == 0 ? null : await payments.PaymentOf(row);
        // A row is an entry of each of its two accounts: the id tells them apart.
        var id = ResourceId.Format(Prefix, Bucket.Of(account.Id), checked((row.Id * 2) + (isDebit ? 0 : 1)));
        return new Entry(id, payment, row, isDebit);
    }

    private static bool MovesMoney(LogRow row) => row.Kind is TransferKind.Posted or TransferKind.Post or TransferKind.PostFinal;

    private static void Write(Utf8JsonWriter json, Entry entry)
    {
        var row = entry.Row;
        json.WriteStartObject();
        json.WriteString("id"u8, entry.Id);
        json.WriteString("paymentId"u8, entry.Payment?.ToString());
        json.WriteString("type"u8, TypeOf(row));
        json.WriteString("direction"u8, entry.IsDebit ? "debit"u8 : "credit"u8);
        json.WriteAmount("amount"u8, row.Amount, row.Currency);
        json.WriteAmount("balanceAfter"u8, entry.IsDebit ? row.DebtorBalance : row.CreditorBalance, row.Currency);
        json.WriteTime("postedAt"u8, row.TimeMs);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> TypeOf(LogRow row) => row.Type switch
    {
        EventType.AccountFunded => "funding"u8,
        EventType.CardCaptured => "payment"u8,
        EventType.CardRefunded or EventType.CardRefundFailed => "refund"u8,
        EventType.FeeCharged => "fee"u8,
        EventType.DisputeWithdrawn or EventType.DisputeReinstated => "dispute"u8,
        EventType.PayoutCreated or EventType.PayoutPaid or EventType.PayoutFailed or EventType.PayoutCanceled => "transfer"u8,
        _ => PaymentData.Decode(row.Data).ReturnOf is null ? "payment"u8 : "return"u8,
    };

    private sealed record Entry(string Id, PaymentId? Payment, LogRow Row, bool IsDebit);
}
