using Gateway.Keys;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Ledger;
using Ledger.Shards;

namespace Gateway.Payments;

/// <summary>
/// What a caller sees of payments: a tenant those in which it is debtor or creditor; of one in which it is the creditor alone,
/// what travels with a payment, but neither the debtor's device, place and notes nor the numbers behind a decline.
/// </summary>
internal sealed class PaymentViews(ILedgerReader reader, LedgerShards shards, AccountDirectory directory, PaymentReader payments, TimeProvider timeProvider)
{
    /// <summary>The pause between two looks at a payment while other processes commit, which tell no more than that they did.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether the row is a payment's first one.</summary>
    public static bool IsPayment(LogRow row) =>
        row.Payment == row.Id && row.Type is EventType.PaymentSettled or EventType.PaymentRejected or EventType.PaymentHeld or EventType.PaymentCreated;

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
        if (row.Creditor != 0 && await Owns(caller, row.Creditor))
            return true;
        if (!IsOfTwoShards(row))
            return false;
        var (debtor, creditor) = await payments.Parties(row);
        return caller.Sees(debtor.Tenant) || caller.Sees(creditor.Tenant);
    }

    /// <summary>Whether one leg of the row stands for an account of another shard.</summary>
    public static bool IsOfTwoShards(LogRow row) => SystemAccountNumbers.PeerOf(row.Debtor) is not null || SystemAccountNumbers.PeerOf(row.Creditor) is not null;

    /// <summary>The debtor's and the creditor's account of the payment that a row belongs to.</summary>
    public ValueTask<(AccountRecord Debtor, AccountRecord Creditor)> Parties(LogRow row) => payments.Parties(row);

    /// <summary>Whether the account is the caller's, or the caller sees all.</summary>
    public async ValueTask<bool> Owns(Caller caller, long account) =>
        await directory.Find(account) is { } record && caller.Sees(record.Tenant);

    /// <summary>The payment as the caller sees it now, by its first row.</summary>
    public async ValueTask<PaymentAnswer> Read(LogRow first, Caller caller) => await Show(await payments.ReadCurrent(first), first, caller);

    /// <summary>The payment as the caller sees it, as this row of it left it.</summary>
    public async ValueTask<PaymentAnswer> ReadAsOf(LogRow row, Caller caller) => await Show(await payments.Read(row), row, caller);

    /// <summary>What the creditor's shard decided of a payment between two; null where there is none.</summary>
    public async ValueTask<LogRow?> Transfer(LogRow first)
    {
        if (!PaymentReader.IsUnderWay(first) || !IsOfTwoShards(first))
            return null;
        var there = shards.Of((await payments.Parties(first)).Creditor.Id);
        return (await there.Reader.PaymentRows(first.Id)).FirstOrDefault(static row => row.Type.IsOfTransfer());
    }

    /// <summary>The first row of the payment that a row belongs to, on whichever shard it is.</summary>
    public ValueTask<LogRow?> First(LogRow row) => row.Payment == row.Id ? new ValueTask<LogRow?>(row) : reader.FindRow(row.Payment);

    /// <summary>Waits until the payment has a final status, or for so long.</summary>
    public async Task WaitForEnd(LogRow first, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (!PaymentReader.IsUnderWay(first))
            return;
        using var over = new CancellationTokenSource(atMost, timeProvider);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        using var wait = shards.OfNumber(first.Id).Tail.AwaitEnd(first.Id);
        try
        {
            while (true)
            {
                var next = wait.Next;
                if ((await reader.PaymentRows(first.Id)).Any(PaymentReader.IsEnd))
                    return;
                await next.WaitAsync(end.Token);
                if ((await reader.PaymentRows(first.Id)).Any(PaymentReader.IsEnd))
                    return;
                await Task.Delay(Pace, timeProvider, end.Token);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The present state it is, then.
            return;
        }
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

    private async ValueTask<PaymentAnswer> Show(PaymentAnswer payment, LogRow row, Caller caller) =>
        caller.Sees(IsOfTwoShards(row) ? (await payments.Parties(row)).Debtor.Tenant : (await directory.Find(row.Debtor))!.Tenant) ? payment : ForCreditor(payment);

    private static PaymentAnswer ForCreditor(PaymentAnswer payment) => payment with
    {
        Detail = null,
        Personal = payment.Personal with { Location = null, IpAddress = null, DeviceId = null, Metadata = null },
    };
}
