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

    // Most accounts have none, and there are many accounts.
    private Dictionary<long, Task<LogRow>>? transfers;
    private HashSet<long>? refusedTransfers;

    public async Task<DueOutcome> DoDue(DueCall call)
    {
        var first = await Reader.FindRow(call.Id) ?? throw new InvalidDataException($"Payment {call.Id} is due, and does not exist.");
        await Drive(first, isResumed: true);
        return DueOutcome.Done;
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
            return await Reader.FindRow(payment.Number) is { Type: EventType.PaymentSettled } row ? row : null;
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
            return IsFirstAnswer(end, first) ? end : null;
        }
        catch (Exception exception) when (exception is TimeoutException or LedgerStoreException)
        {
            if (await services.Saga.TellPending(first))
                return null;
        }

        var ended = await services.Saga.Run(first, isResumed: true);
        return IsFirstAnswer(ended, first) ? ended : null;
    }

    // Where another version lies between, somebody was told "pending", and everybody with this key is.
    private static bool IsFirstAnswer(LogRow end, LogRow first) => end.Version == first.Version + 1;

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
                var end = await services.Saga.Run(first, isResumed);
                Ended(end);
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

    // What is read of windows meanwhile may still count it.
    private void Ended(LogRow end)
    {
        if (end.Type == EventType.PaymentSettled)
        {
            state?.Windows.Keep(end.Payment);
            return;
        }

        (refusedTransfers ??= []).Add(end.Payment);
        state?.Windows.GiveBack(end.Payment);
    }

    private void GiveBackRefused(VelocityWindows? windows)
    {
        if (windows is null || refusedTransfers is null)
            return;
        foreach (var payment in windows.Pending.Where(refusedTransfers.Contains).ToArray())
            windows.GiveBack(payment);
    }
}
