using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Fraud.RuleBook;

/// <summary>One change after the other: look up its key, decide, commit; then, and only then, it is in force.</summary>
public sealed partial class RuleBookGrain
{
    /// <summary>How often one change is decided before the grain gives up on it, with nothing recorded.</summary>
    private const int MaxDecisions = 20;

    /// <summary>What a decision comes to: its answer, and how it is written, where it is <see cref="RuleBookOutcome.Recorded"/> and news.</summary>
    private sealed record Decided(RuleBookAnswer Answer, Func<RuleBookEntry, JournalEntry>? Write);

    private async Task<RuleBookAnswer> Change(IdempotencyKey key, UInt128 hash, Func<long, Decided> decide)
    {
        for (var decisions = 0; decisions < MaxDecisions; decisions++)
        {
            await Follow();
            if (!key.IsNone && await services.Writer.Reader.FindByKey(key) is { } row)
                return await Replay(row, hash);
            if (book.Owner is null)
                await OpenOwner();
            var nowMs = services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            var decided = decide(nowMs);
            if (decided.Answer.Outcome != RuleBookOutcome.Recorded || decided.Write is not { } write)
                return decided.Answer;
            var draft = new RuleBookEntry(book, services.Writer.Ids.Next, nowMs);
            var entry = write(draft);
            var admission = services.Writer.TryEnqueue(entry);
            if (admission != Admission.Admitted)
                return new RuleBookAnswer(admission == Admission.QueueFull ? RuleBookOutcome.Overloaded : RuleBookOutcome.ShuttingDown);
            var refusal = await entry.Committed;
            if (refusal == Refusal.None)
            {
                book = draft.Next;
                services.InForce.Show(book);
                return decided.Answer;
            }

            if (refusal == Refusal.NotWritable)
                return new RuleBookAnswer(RuleBookOutcome.Failed);
            RuleBookLog.DecidedAnew(services.Logger, refusal);
            // Another process has the account for now: whatever is decided before its time is over is refused again.
            if (entry.OwnedElsewhereFor > TimeSpan.Zero)
                await Task.Delay(entry.OwnedElsewhereFor, services.Clock);
            await Reload();
        }

        return new RuleBookAnswer(RuleBookOutcome.Overloaded);
    }

    private async Task<RuleBookAnswer> Replay(LogRow row, UInt128 hash)
    {
        if (row.RequestHash != hash)
            return new RuleBookAnswer(RuleBookOutcome.KeyReused);
        var first = (await services.Documents.Open(row))[0];
        var answer = new RuleBookAnswer(RuleBookOutcome.Recorded) { Replayed = true };
        return first.Kind == RuleDocuments.EntryKind ? answer with { Entry = RuleDocuments.ReadEntry(first) } : answer with { Rule = RuleDocuments.ReadVersion(first) };
    }

    /// <summary>Sees what another process changed.</summary>
    private async Task Follow()
    {
        if (await services.Book.Version() != book.LedgerVersion)
            await Reload();
    }

    private async Task Reload()
    {
        var read = await services.Book.Read();
        lane.StartGeneration();
        book = read;
        if (dataKey is null && book.Owner is { } owner)
            dataKey = services.MasterKey.Unwrap(owner.WrappedDataKey!);
        services.InForce.Show(book);
    }

    private async Task OpenOwner()
    {
        var origin = new CommandOrigin(0, IdempotencyKey.Of(0, "rule book", "open"), 1);
        var answer = await services.Grains.Get<IAccountGrain>(IRuleBookGrain.Key).Open(new OpenAccount(origin, 0, Currency.Usd, 0, AccountLimits.None, null));
        if (answer.Outcome is not (AccountOutcome.Recorded or AccountOutcome.Exists))
            throw new LedgerStoreException($"Account {IRuleBookGrain.Key} could not be opened: {answer.Outcome}.") { IsTransient = true };
        await Reload();
    }

    private async Task<T> Read<T>(Func<Task<T>> read)
    {
        await Follow();
        return await read();
    }
}
