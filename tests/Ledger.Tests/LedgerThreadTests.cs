using Ledger.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger.Tests;

public sealed class LedgerThreadTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly FaultyStore store;
    private readonly JournalDraft draft;
    private readonly LedgerOptions options = new() { MaxRetryDelayMs = 5 };
    private readonly LedgerWriter writer;

    public LedgerThreadTests()
    {
        store = new FaultyStore(new SqliteStore(directory.File(SqliteStore.FileName)));
        draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"), draft.Fund("A", 100_000));
        writer = new LedgerWriter(store, options, TimeProvider.System, static completed => ThreadPool.UnsafeQueueUserWorkItem(completed, preferLocal: false), NullLogger<LedgerWriter>.Instance);
    }

    public void Dispose()
    {
        writer.Dispose();
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Entries_of_many_threads_commit_and_stop_drains()
    {
        using var thread = new LedgerThread(writer, options, new LedgerFaults(), TimeProvider.System);
        var entries = Enumerable.Range(0, 2_000).Select(_ => new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = draft.Transfer("A", "B", 1, TransferKind.Posted) }).ToArray();
        await Parallel.ForEachAsync(entries[..1_000], async (entry, _) =>
        {
            Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
            Assert.Equal(Refusal.None, await entry.Committed);
        });
        Assert.All(entries[1_000..], entry => Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry)));
        await thread.Stop();
        Assert.All(entries, static entry => Assert.Equal(Refusal.None, entry.Outcome));
        Assert.Equal(2_000, draft.Account("A").Counters.DebitsPosted);
        Assert.Equal(Admission.Stopping, writer.TryEnqueue(draft.Pay("A", "B", 1)));
    }

    [Fact]
    public async Task Failures_that_pass_are_outlasted()
    {
        for (var i = 0; i < 5; i++)
            store.NextCommits.Enqueue(i % 2 == 0 ? Fault.Transient : Fault.Lost);
        using var thread = new LedgerThread(writer, options, new LedgerFaults(), TimeProvider.System);
        var outcomes = new List<Refusal>();
        for (var i = 0; i < 4; i++)
        {
            var entry = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = draft.Transfer("A", "B", 1, TransferKind.Posted) };
            writer.TryEnqueue(entry);
            outcomes.Add(await entry.Committed);
        }

        Assert.Equal([Refusal.OutcomeLost, Refusal.OutcomeLost, Refusal.None, Refusal.None], outcomes);
        await thread.Stop();
    }

    [Fact]
    public async Task A_bug_ends_the_thread_and_is_told()
    {
        using var thread = new LedgerThread(writer, options, new LedgerFaults(), TimeProvider.System);
        store.BeforeCommit = static () => throw new InvalidOperationException("a bug");
        writer.TryEnqueue(draft.Pay("A", "B", 1));
        Assert.Equal("a bug", (await Assert.ThrowsAsync<InvalidOperationException>(() => thread.Ended)).Message);
    }
}
