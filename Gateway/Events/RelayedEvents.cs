using System.Text;
using Gateway.Keys;
using Gateway.Payments;
using Gateway.Wire;
using Ledger;
using Ledger.Shards;

namespace Gateway.Events;

/// <summary>What an event that leaves the product says beside its row.</summary>
/// <param name="ShardKey">Whose it is: a merchant, or an account that has none; of a payment the debtor's.</param>
/// <param name="Data">As in the envelope of <c>GET /events</c>.</param>
public sealed record RelayedEvent(string Subject, string ShardKey, string Data);

/// <summary>
/// Reads the log for those who pass it on: every event, as who may see all reads it, but nothing personal is opened. Names, free text,
/// references, addresses, devices, places and metadata are left out.
/// </summary>
public sealed class RelayedEvents
{
    private static readonly Caller Everyone = new(0, "", ApiKeyRole.Administrator);
    private static readonly EventFilter All = new(null, null);

    private readonly AccountDirectory directory;
    private readonly PaymentViews views;
    private readonly EventReader events;

    public RelayedEvents(LedgerShards shards, TimeProvider timeProvider)
    {
        directory = shards.Directory;
        var payments = new PaymentReader(directory, null, shards.Reader);
        views = new PaymentViews(shards.Reader, shards, directory, payments, timeProvider);
        events = new EventReader(shards, directory, payments, views);
    }

    /// <exception cref="InvalidDataException">The row contradicts the ledger.</exception>
    public async ValueTask<RelayedEvent> Read(LogRow row)
    {
        var seen = await events.See(row, Everyone, All) ?? throw new InvalidDataException($"Row {row.Id} names an account that does not exist.");
        var key = await ShardKey(row);
        return new RelayedEvent(seen.Subject, key, Encoding.UTF8.GetString(JsonReply.Render(seen with { IsUnopened = true }, EventJson.WriteData)));
    }

    // The product's own accounts are nobody's: then it is the other side's.
    private async ValueTask<string> ShardKey(LogRow row)
    {
        if (PaymentViews.IsOfTwoShards(row))
            return (await views.Parties(row)).Debtor.Id.ShardKey.ToString();
        var number = SystemAccountNumbers.IsSystem(row.Debtor) && row.Creditor != 0 ? row.Creditor : row.Debtor;
        return await directory.Find(number) is { } account ? account.Id.ShardKey.ToString() : "system";
    }
}
