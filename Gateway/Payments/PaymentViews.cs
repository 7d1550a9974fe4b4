using Gateway.Keys;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Ledger;

namespace Gateway.Payments;

/// <summary>
/// What a caller sees of payments: a tenant those in which it is debtor or creditor; of one in which it is the creditor alone,
/// what travels with a payment, but neither the debtor's device, place and notes nor the numbers behind a decline.
/// </summary>
internal sealed class PaymentViews(ILedgerReader reader, AccountDirectory directory, PaymentReader payments)
{
    /// <summary>Whether the row is a payment's first one.</summary>
    public static bool IsPayment(LogRow row) =>
        row.Payment == row.Id && row.Type is EventType.PaymentSettled or EventType.PaymentRejected or EventType.PaymentHeld;

    /// <summary>The payment's first row; null where there is none that the caller sees.</summary>
    public async ValueTask<LogRow?> Find(string? id, Caller caller)
    {
        if (!Grains.Interfaces.Values.PaymentId.TryParse(id, out var payment))
            return null;
        var row = await reader.FindRow(payment.Number);
        if (row is null || !IsPayment(row) || !await Sees(caller, row))
            return null;
        var debtor = await directory.Find(row.Debtor);
        return debtor is not null && Grains.Interfaces.Values.Bucket.Of(debtor.Id) == payment.Bucket ? row : null;
    }

    public async ValueTask<bool> Sees(Caller caller, LogRow row)
    {
        if (caller.SeesAll || await Owns(caller, row.Debtor))
            return true;
        return row.Creditor != 0 && await Owns(caller, row.Creditor);
    }

    /// <summary>Whether the account is the caller's, or the caller sees all.</summary>
    public async ValueTask<bool> Owns(Caller caller, long account) =>
        await directory.Find(account) is { } record && caller.Sees(record.Tenant);

    /// <summary>The payment as the caller sees it.</summary>
    public async ValueTask<PaymentAnswer> Read(LogRow row, Caller caller)
    {
        var payment = await payments.Read(row);
        return await Owns(caller, row.Debtor) ? payment : ForCreditor(payment);
    }

    /// <summary>How much of the payment went back, and by which payments.</summary>
    public async ValueTask<PaymentReturns> Returns(LogRow first)
    {
        var amount = await reader.AmountReturned(first.Id);
        if (amount == 0)
            return new PaymentReturns(0, []);
        var returns = new List<Grains.Interfaces.Values.PaymentId>();
        foreach (var row in await reader.PaymentRows(first.Id))
            if (row.Type == EventType.PaymentReturned)
                returns.Add(await ReturnOf(row));
        return new PaymentReturns(amount, returns);
    }

    /// <summary>The return that an event of the original belongs to. Where it does not say so, its row stands before the event's in the same entry.</summary>
    public async ValueTask<Grains.Interfaces.Values.PaymentId> ReturnOf(LogRow returned)
    {
        if (PaymentData.Decode(returned.Data).ReturnedBy is { } by)
            return by;
        var row = (await reader.RowsAfter(returned.Position - 2, 1))[0];
        var payment = await payments.Read(row);
        return payment.ReturnOf is { } original && original.Number == returned.Payment
            ? payment.Id
            : throw new InvalidDataException($"Row {returned.Id} has no return beside it.");
    }

    private static PaymentAnswer ForCreditor(PaymentAnswer payment) => payment with
    {
        Detail = null,
        Personal = payment.Personal with { Location = null, IpAddress = null, DeviceId = null, Metadata = null },
    };
}
