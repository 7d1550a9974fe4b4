using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.EventLog;
using Ledger.Shards;

namespace Grains.Transfers;

/// <summary>
/// Takes money from one shard to another. The payment's own shard has debited the debtor to the transit account; the creditor's
/// shard decides once, credited or refused; by that stored decision the payment settles, or the money goes back. Any number may
/// drive the same transfer, from any step: each step is unique by its key (<see cref="TransferKeys"/>), and nobody acts on what is
/// not committed.
/// </summary>
public sealed class TransferSaga(LedgerShards shards, TimeProvider clock)
{
    /// <summary>A shard that has committed nothing for so long, though it has work, is taken to be away: shorter than a submitter's own wait.</summary>
    private static readonly TimeSpan AwayAfter = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between two tries of a step.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>For each shard, the payments to it that have a place: admitted and not yet debited, or driven.</summary>
    private readonly int[] places = new int[shards.Count];

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>
    /// Takes a place for a payment to another shard, before its debit. False, and there is none, while that shard is away, or while as
    /// much waits for it as may: its steps are not refused by its queue, so what they hold in memory is bounded here.
    /// </summary>
    public bool TryAdmit(int shard)
    {
        var there = shards.Writers[shard];
        if (IsAway(there) || there.QueueDepth >= there.QueueLimit)
            return false;
        if (Interlocked.Increment(ref places[shard]) <= there.QueueLimit)
            return true;
        Leave(shard);
        return false;
    }

    /// <summary>Gives back the place of a payment whose debit is committed, or never will be.</summary>
    public void Leave(int shard) => Interlocked.Decrement(ref places[shard]);

    /// <summary>Whether the payment cannot get on for now, because the creditor's shard is away.</summary>
    public bool IsHeldUp(LogRow first) => IsAway(shards.Writers[ShardTo(first)]);

    /// <summary>Drives a payment to its end, and returns the row that ends it.</summary>
    /// <param name="first">Its first row, of type <see cref="EventType.PaymentCreated"/>, or <see cref="EventType.PaymentHeld"/> once it was released.</param>
    /// <param name="isResumed">
    /// Whether others may have driven it: then what they did is looked for first, and not found out by a refusal; and where there is no
    /// place for it, it is left for later.
    /// </param>
    /// <exception cref="LedgerStoreException">A shard cannot take the step for now.</exception>
    public async Task<LogRow> Run(LogRow first, bool isResumed)
    {
        var there = ShardTo(first);
        if (!isResumed)
            Interlocked.Increment(ref places[there]);
        else if (await FindEnd(first) is { } end)
            return end;
        else if (!TryAdmit(there))
            throw new LedgerStoreException($"Shard {there} takes no more of payment {first.Id} for now.") { IsTransient = true };
        try
        {
            return await Drive(first, isResumed);
        }
        finally
        {
            Leave(there);
        }
    }

    private static bool IsAway(LedgerWriter writer) => writer.StuckFor > AwayAfter;

    private static int ShardTo(LogRow first) => SystemAccountNumbers.PeerOf(first.Creditor) ?? throw new InvalidDataException($"Payment {first.Id} goes to no other shard.");

    private async Task<LogRow> Drive(LogRow first, bool isResumed)
    {
        var data = PaymentData.Decode(first.Data);
        var creditor = await shards.Directory.Find(data.Creditor!.Value) ?? throw new InvalidDataException($"Payment {first.Id} names a creditor that does not exist.");
        var debtor = await shards.Directory.Find(first.Debtor) ?? throw new InvalidDataException($"Payment {first.Id} names a debtor that does not exist.");
        var transfer = new Transfer(first, data, debtor, creditor);
        var decided = await Decide(transfer, isResumed);
        if (decided.Type == EventType.TransferCredited && data.ReturnOf is { } original)
            await TellOriginal(transfer, original);
        return await End(transfer, decided);
    }

    /// <summary>Writes that the submitter is answered "pending". False where the payment has its end: that is the answer then.</summary>
    public async Task<bool> TellPending(LogRow first)
    {
        var version = NextVersion(first);
        for (var tries = 1; ; tries++)
        {
            var row = Row(first, EventType.PaymentPending, version, PaymentData.Decode(first.Data) with { Uetr = null });
            var refusal = await Commit(shards.OfNumber(first.Id), new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row });
            if (refusal is Refusal.None)
                return true;
            if (refusal is Refusal.DuplicateKey)
            {
                // The end took this version, or another who tells; or a return, which may come before both.
                var rows = await Rows(first);
                if (rows.Any(IsPending))
                    return true;
                if (rows.Any(PaymentReader.IsEnd))
                    return false;
                version = rows[^1].Version + 1;
            }

            await Pause(tries);
        }
    }

    /// <summary>Whether the submitter was answered "pending", and so everybody with this key is.</summary>
    public async ValueTask<bool> WasToldPending(LogRow first) => (await Rows(first)).Any(IsPending);

    private static bool IsPending(LogRow row) => row.Type == EventType.PaymentPending;

    private ValueTask<IReadOnlyList<LogRow>> Rows(LogRow first) => shards.OfNumber(first.Id).Reader.PaymentRows(first.Id);

    private async Task<LogRow?> FindEnd(LogRow first) => (await Rows(first)).FirstOrDefault(PaymentReader.IsEnd);

    private async Task<LogRow> Decide(Transfer transfer, bool isResumed)
    {
        var there = shards.Of(transfer.Creditor.Id);
        if (isResumed && (await there.Reader.PaymentRows(transfer.First.Id)).FirstOrDefault(static row => row.Type.IsOfTransfer()) is { } known)
            return known;
        Reason reason = 0;
        for (var tries = 1; ; tries++)
        {
            var row = Decision(there, transfer, reason);
            var refusal = await Commit(there, new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row });
            switch (refusal)
            {
                case Refusal.None:
                    return row;
                case Refusal.DuplicateKey:
                    return await there.Reader.FindByKey(row.Key) ?? throw new InvalidDataException($"The row that decided transfer {transfer.First.Id} is gone.");
                case Refusal.CreditorClosed:
                    shards.Directory.Forget(transfer.Creditor.Number);
                    reason = Reason.ClosedCreditorAccount;
                    break;
                case Refusal.CounterOverflow:
                    reason = Reason.NotAllowedAmount;
                    break;
                default:
                    // Its outcome was lost, and it is not there: once more.
                    break;
            }

            await Pause(tries);
        }
    }

    private LogRow Decision(LedgerWriter there, Transfer transfer, Reason reason)
    {
        var first = transfer.First;
        return Sealed(new LogRow
        {
            Id = there.Ids.Next(),
            Type = reason == 0 ? EventType.TransferCredited : EventType.TransferRefused,
            TimeMs = NowMs,
            Tenant = first.Tenant,
            Payment = first.Id,
            Version = 1,
            Kind = reason == 0 ? TransferKind.Posted : TransferKind.None,
            Debtor = SystemAccountNumbers.Transit(shards.ShardOf(transfer.Debtor.Id), first.Currency),
            Creditor = transfer.Creditor.Number,
            Amount = first.Amount,
            Currency = first.Currency,
            Key = TransferKeys.OfDecision(first.Id),
            Reason = reason,
            Data = new PaymentData(
                Detail: reason == Reason.NotAllowedAmount ? "The creditor account cannot hold that much." : null, ReturnOf: transfer.Data.ReturnOf, ReturnReason: transfer.Data.ReturnReason,
                Debtor: transfer.Debtor.Id, Transfer: transfer.Id).Encode(),
        });
    }

    /// <summary>The payment of which money came back hears of it, on its own shard, before the return ends.</summary>
    private async Task TellOriginal(Transfer transfer, PaymentId original)
    {
        var there = shards.Of(transfer.Creditor.Id);
        for (var tries = 1; ; tries++)
        {
            var rows = await there.Reader.PaymentRows(original.Number);
            if (rows.Any(row => row.Type == EventType.PaymentReturned && PaymentData.Decode(row.Data).ReturnedBy == transfer.Id))
                return;
            // Where that shard let go of the payment before the return began, there is no payment to tell: the return itself says what it is of.
            if (rows.FirstOrDefault(row => row.Id == original.Number) is not { } paid)
                return;
            var data = new PaymentData(ReturnReason: transfer.Data.ReturnReason, ReturnedBy: transfer.Id, Creditor: PaymentData.Decode(paid.Data).Creditor);
            var row = Row(paid, EventType.PaymentReturned, rows[^1].Version + 1, data, amount: transfer.First.Amount);
            var refusal = await Commit(there, new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row, Returns = original.Number });
            if (refusal == Refusal.ReturnExceedsPayment)
                throw new InvalidDataException($"Return {transfer.Id} brings back more than payment {original} paid.");
            await Pause(tries);
        }
    }

    private async Task<LogRow> End(Transfer transfer, LogRow decided)
    {
        var first = transfer.First;
        var version = NextVersion(first);
        var toSuspense = false;
        for (var tries = 1; ; tries++)
        {
            var row = decided.Type == EventType.TransferCredited ? Settled(transfer, version) : Rejected(transfer, version, decided, toSuspense);
            var isReturnRefused = row.Type == EventType.PaymentRejected && transfer.Data.ReturnedCredit != 0;
            var refusal = await Commit(shards.OfNumber(first.Id), new JournalEntry
            {
                Owner = 0,
                ExpectedVersion = 0,
                Row = row,
                DueDone = [TransferDue.Of(transfer.Debtor.Id, first.Id, first.TimeMs)],
                Returns = isReturnRefused ? transfer.Data.ReturnedCredit : 0,
                TakesReturnBack = isReturnRefused,
            });
            if (refusal == Refusal.None)
                return row;
            if (refusal is Refusal.CreditorClosed or Refusal.CounterOverflow)
                toSuspense = true;
            if (refusal == Refusal.DuplicateKey)
            {
                // Somebody wrote this version: the end, that the submitter was answered "pending", or that money came back already.
                var rows = await Rows(first);
                if (rows.FirstOrDefault(PaymentReader.IsEnd) is { } end)
                    return end;
                version = rows[^1].Version + 1;
            }

            await Pause(tries);
        }
    }

    // A payment that was held has been released before it goes to another shard.
    private static int NextVersion(LogRow first) => first.Version + (first.Type == EventType.PaymentHeld ? 2 : 1);

    // None before the second try, which nearly always does; then longer and longer ones.
    private async Task Pause(int tries)
    {
        if (tries > 1)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(5L << Math.Min(tries, 16), LongestPause.TotalMilliseconds)), clock);
    }

    private LogRow Settled(Transfer transfer, int version) => Row(transfer.First, EventType.PaymentSettled, version, new PaymentData(Creditor: transfer.Creditor.Id));

    // Never refused: what the debtor's account cannot take lies in suspense, where a person looks after it.
    private LogRow Rejected(Transfer transfer, int version, LogRow decided, bool toSuspense)
    {
        var first = transfer.First;
        var data = new PaymentData(
            Detail: toSuspense ? "The debtor account could not take the money back: it lies in suspense." : PaymentData.Decode(decided.Data).Detail,
            ReturnOf: transfer.Data.ReturnOf, ReturnReason: transfer.Data.ReturnReason, Debtor: transfer.Debtor.Id, Creditor: transfer.Creditor.Id,
            ReturnedCredit: transfer.Data.ReturnedCredit);
        var takesBack = toSuspense ? SystemAccount.Suspense.Number(first.Currency) : first.Debtor;
        return Row(first, EventType.PaymentRejected, version, data, TransferKind.Posted, first.Creditor, takesBack, decided.Reason);
    }

    // A payment's next event; of the payment's own accounts, where it moves no money.
    private LogRow Row(
        LogRow first, EventType type, int version, PaymentData data,
        TransferKind kind = TransferKind.None, long? debtor = null, long? creditor = null, Reason reason = 0, long? amount = null)
    {
        return Sealed(new LogRow
        {
            Id = shards.OfNumber(first.Id).Ids.Next(),
            Type = type,
            TimeMs = NowMs,
            Tenant = first.Tenant,
            Payment = first.Id,
            Version = version,
            Kind = kind,
            Debtor = debtor ?? first.Debtor,
            Creditor = creditor ?? first.Creditor,
            Amount = amount ?? first.Amount,
            Currency = first.Currency,
            Key = TransferKeys.OfVersion(first.Id, version),
            Reason = reason,
            Data = data.Encode(),
        });
    }

    private static LogRow Sealed(LogRow row)
    {
        LeafHash.Seal(row);
        return row;
    }

    /// <summary>What a step can be refused for; anything else is for a later try.</summary>
    private static async Task<Refusal> Commit(LedgerWriter writer, JournalEntry entry)
    {
        // Its money is under way: it has a place since before the debit, whatever the queue's length is now.
        writer.EnqueueReplay(entry);
        var refusal = await entry.Committed;
        return refusal is Refusal.None or Refusal.DuplicateKey or Refusal.CreditorClosed or Refusal.CounterOverflow or Refusal.ReturnExceedsPayment or Refusal.OutcomeLost
            ? refusal
            : throw new LedgerStoreException($"A step of transfer {entry.Row.Payment} was refused: {refusal}.") { IsTransient = true };
    }

    private sealed record Transfer(LogRow First, PaymentData Data, AccountRecord Debtor, AccountRecord Creditor)
    {
        public PaymentId Id => new(Bucket.Of(Debtor.Id), First.Id);
    }
}
