using Grains.Fraud;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;

namespace Grains.Accounts;

/// <summary>
/// Payments to another shard: the debit is decided here like any other; then this grain drives the transfer to its end, and answers
/// with that, or after a while with "pending". What a crash leaves behind is due work, and comes back to this grain.
/// </summary>
public sealed partial class AccountGrain
{
    /// <summary>How long a submitter waits for another shard.</summary>
    private static readonly TimeSpan OtherShardWait = TimeSpan.FromSeconds(5);

    /// <summary>How long due work waits for another shard: no longer than leaves the places of the own shard's other work free.</summary>
    private static readonly TimeSpan DueWait = TimeSpan.FromSeconds(1);

    // Most accounts have none, and there are many accounts.
    private Dictionary<long, Task<LogRow>>? transfers;

    public async Task<DueOutcome> DoDue(DueCall call)
    {
        if (call.Kind == HoldDue.Kind)
            return await ExpireHold(call);
        var first = await Reader.FindRow(call.Id) ?? throw new InvalidDataException($"Payment {call.Id} is due, and does not exist.");
        if (services.Saga.IsHeldUp(first))
            return DueOutcome.Later;
        try
        {
            await Drive(first, isResumed: true).WaitAsync(DueWait, services.Clock);
            return DueOutcome.Done;
        }
        catch (TimeoutException)
        {
            // It is driven on, and asked for again.
            return DueOutcome.Later;
        }
    }

    // The number says where the creditor is, and costs nothing.
    private long TransitTo(long creditor, Currency currency)
    {
        var there = ShardNumbers.ShardOf(creditor);
        return there == shard ? 0 : SystemAccountNumbers.Transit(there, currency);
    }

    /// <summary>The row that credited a payment to an account of this shard; null where none did.</summary>
    private async ValueTask<LogRow?> Credited(PaymentId payment)
    {
        if (ShardNumbers.ShardOf(payment.Number) == shard)
        {
            if (await Reader.FindRow(payment.Number) is not { } row || !(row.Type is EventType.PaymentSettled or EventType.PaymentHeld))
                return null;
            return row.Type == EventType.PaymentSettled || (await Reader.PaymentRows(row.Id)).Any(static row => PaymentReader.IsEnd(row) && row.Type == EventType.PaymentSettled) ? row : null;
        }

        return (await Reader.PaymentRows(payment.Number)).FirstOrDefault(static row => row.Type == EventType.TransferCredited);
    }

    private async Task<PaymentAnswer> Outcome(LogRow first, PaymentAnswer created, TimeSpan wait = default, bool isResumed = false) =>
        await EndWithin(first, wait > OtherShardWait ? wait : OtherShardWait, isResumed) is { } end ? PaymentReader.Ended(created, end) : created;

    /// <summary>The answer that the payment's first submitter got, or is to get.</summary>
    private async ValueTask<PaymentAnswer> FirstAnswer(LogRow first) =>
        await services.PaymentReader.ReadFirstAnswer(first) ?? await Outcome(first, await services.PaymentReader.Read(first), isResumed: true);

    /// <summary>The row that ends the payment; null where that takes longer, and the ledger says that the submitter is answered so.</summary>
    private async Task<LogRow?> EndWithin(LogRow first, TimeSpan wait, bool isResumed)
    {
        try
        {
            var end = await Drive(first, isResumed).WaitAsync(wait, services.Clock);
            return await IsFirstAnswer(end, first) ? end : null;
        }
        catch (Exception exception) when (exception is TimeoutException or LedgerStoreException)
        {
            if (await services.Saga.TellPending(first))
                return null;
        }

        var ended = await services.Saga.Run(first, isResumed: true);
        Ended(ended);
        return await IsFirstAnswer(ended, first) ? ended : null;
    }

    // Where another version lies between, somebody may have been told "pending", and then everybody with this key is; or money came back
    // before the end was written.
    private async ValueTask<bool> IsFirstAnswer(LogRow end, LogRow first) => end.Version == first.Version + 1 || !await services.Saga.WasToldPending(first);

    private Task<LogRow> Drive(LogRow first, bool isResumed)
    {
        if (transfers?.TryGetValue(first.Id, out var driven) == true)
            return driven;
        var transfer = Run();
        if (!transfer.IsCompleted)
            (transfers ??= []).Add(first.Id, transfer);
        return transfer;

        async Task<LogRow> Run()
        {
            try
            {
                using var step = TransferStep(first);
                var end = await services.Saga.Run(first, isResumed);
                step?.SetTag("payments.outcome", end.Type.ToString());
                Ended(end);
                if (end.Type == EventType.PaymentSettled)
                    services.Risk?.Incoming.Note(await CreditorOf(first), first.Id, end.TimeMs, first.Amount, first.Debtor);
                return end;
            }
            catch (Exception exception)
            {
                // The due work is there, and comes again.
                AccountGrainLog.TransferStuck(services.Logger, first.Id, exception);
                throw;
            }
            finally
            {
                transfers?.Remove(first.Id);
            }
        }
    }

    private void Ended(LogRow end)
    {
        if (end.Type == EventType.PaymentSettled)
            state?.Windows.Keep(end.Payment);
        else
        {
            state?.Windows.GiveBack(end.Payment);
            state?.History?.Remove(end.Payment);
        }
    }

    // What ended while windows were read counts in them as if it had not: whatever nobody here drives is looked at once more.
    private void FollowPending(VelocityWindows? windows)
    {
        foreach (var payment in windows?.Pending.ToArray() ?? [])
            if (transfers?.ContainsKey(payment) != true)
                _ = Follow(payment);
    }

    private async Task Follow(long payment)
    {
        try
        {
            if (await Reader.FindRow(payment) is { } first && SystemAccountNumbers.PeerOf(first.Creditor) is not null && !await IsHeld(first) && !services.Saga.IsHeldUp(first))
                await Drive(first, isResumed: true);
        }
        catch (LedgerStoreException exception)
        {
            // The due work is there, and comes again.
            AccountGrainLog.TransferStuck(services.Logger, payment, exception);
        }
    }
}
