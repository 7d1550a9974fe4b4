using System.Text.Json;
using Gateway.Keys;
using Gateway.Payments;
using Grains.Interfaces.Events;
using Ledger;
using Ledger.Shards;

namespace Gateway.Events;

/// <summary>
/// Reads the log for one caller: the events of payments in which its tenant is debtor or creditor, and of its own accounts.
/// </summary>
internal sealed class EventReader(LedgerShards shards, AccountDirectory directory, PaymentReader payments, PaymentViews views)
{
    /// <summary>The next rows after a cursor, whoever may see them.</summary>
    public ValueTask<IReadOnlyList<LogRow>> After(LogCursor cursor, int limit) => shards.RowsAfter(cursor, limit);

    /// <summary>The row as the caller sees it; null where it does not, or the filter leaves it out.</summary>
    public async ValueTask<LogEvent?> See(LogRow row, Caller caller, EventFilter filter)
    {
        if (!filter.Takes(row.Type))
            return null;
        if (row.Type.IsOfCheckout())
            return await SeeCheckout(row, caller, filter);
        // No tenant learns that its payment was looked at, nor why.
        if (row.Type.IsOfFraud())
            return caller.SeesAll ? SeeNamed(row, filter) : null;
        if (row.Type.IsOfTransfer())
            return await SeeTransfer(row, caller, filter);
        return row.Type.IsOfAccount() ? await SeeAccount(row, caller, filter) : await SeePayment(row, caller, filter);
    }

    private async ValueTask<LogEvent?> SeeAccount(LogRow row, Caller caller, EventFilter filter)
    {
        if (!await views.Owns(caller, row.SubjectAccount))
            return null;
        var account = (await directory.Find(row.SubjectAccount))!;
        if (!filter.TakesSubject(account.Id.Value))
            return null;
        return new LogEvent(row, account.Id.Value) { Account = await payments.ReadAccount(row), Reason = await payments.ReadReason(row) };
    }

    // What its data says in clear: names, and what happened to what.
    private static LogEvent? SeeNamed(LogRow row, EventFilter filter)
    {
        using var data = JsonDocument.Parse(row.Data ?? throw new InvalidDataException($"Row {row.Id} has no data."));
        var subject = data.RootElement.GetProperty("subject"u8).GetString()!;
        return filter.TakesSubject(subject) ? new LogEvent(row, subject) : null;
    }

    // What a merchant's own objects say is sealed: the event names them, and which ones changed.
    private async ValueTask<LogEvent?> SeeCheckout(LogRow row, Caller caller, EventFilter filter)
    {
        if (!await views.Sees(caller, row))
            return null;
        return SeeNamed(row, filter);
    }

    // A shard's part in another one's payment: the payment's own events tell the rest.
    private async ValueTask<LogEvent?> SeeTransfer(LogRow row, Caller caller, EventFilter filter)
    {
        if (!await views.Sees(caller, row))
            return null;
        var payment = await payments.PaymentOf(row);
        var subject = EventJson.TransferSubject(payment);
        if (!filter.TakesSubject(subject))
            return null;
        var (debtor, creditor) = await views.Parties(row);
        return new LogEvent(row, subject) { Transfer = new TransferEvent(payment, debtor.Id, creditor.Id) };
    }

    private async ValueTask<LogEvent?> SeePayment(LogRow row, Caller caller, EventFilter filter)
    {
        if (!await views.Sees(caller, row))
            return null;
        var payment = await views.ReadAsOf(row, caller);
        var subject = payment.Id.ToString();
        if (!filter.TakesSubject(subject))
            return null;
        return new LogEvent(row, subject)
        {
            Payment = payment,
            ReturnedBy = row.Type == EventType.PaymentReturned ? await views.ReturnOf(row) : null,
        };
    }
}
