using Grains.Interfaces.Events;
using Ledger.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ledger.Tests;

public sealed class LedgerWriterTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly FaultyStore store;
    private readonly JournalDraft draft;
    private readonly List<IThreadPoolWorkItem> completions = [];
    private LedgerWriter writer;

    public LedgerWriterTests()
    {
        store = new FaultyStore(new SqliteStore(directory.File(SqliteStore.FileName)));
        draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"), draft.Open("C"));
        draft.CommitAll(draft.Fund("A", 1_000), draft.Fund("B", 1_000), draft.Fund("C", 1_000));
        store.Committed.Clear();
        store.Calls.Clear();
        writer = MakeWriter(new LedgerOptions());
    }

    public void Dispose()
    {
        writer.Dispose();
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_full_queue_takes_nothing()
    {
        Use(new LedgerOptions { QueueLimit = 2 });
        var refused = draft.Pay("B", "A", 1);
        Assert.Equal(Admission.Admitted, writer.TryEnqueue(draft.Pay("A", "B", 1)));
        Assert.Equal(Admission.Admitted, writer.TryEnqueue(draft.Pay("A", "B", 1)));
        Assert.Equal(Admission.QueueFull, writer.TryEnqueue(refused));
        Assert.Equal(2, writer.QueueDepth);
        Assert.Equal(WriterStep.Committed, writer.CommitQueued());
        Assert.Equal(WriterStep.Idle, writer.CommitQueued());
        Assert.Null(store.Reader.FindRow(refused.Row.Id).Now());
        Assert.Equal(Admission.Admitted, writer.TryEnqueue(draft.Pay("A", "B", 1)));
    }

    [Fact]
    public void Whatever_queued_is_one_commit_up_to_the_largest_batch()
    {
        Use(new LedgerOptions { MaxBatch = 3 });
        for (var i = 0; i < 7; i++)
            writer.TryEnqueue(draft.Pay("A", "B", 1));
        Drain();
        Assert.Equal(["commit 3", "commit 3", "commit 1"], store.Calls);
    }

    [Fact]
    public void Who_waits_for_the_end_of_a_payment_is_woken_by_it_alone()
    {
        var first = draft.Pay("A", "B", 1);
        writer.TryEnqueue(first);
        Drain();
        using var wait = writer.Tail.AwaitEnd(first.Row.Id);
        using (writer.Tail.AwaitEnd(first.Row.Id))
            Assert.False(wait.Next.IsCompleted);
        var next = wait.Next;
        writer.TryEnqueue(draft.Pay("A", "B", 1));
        Drain();
        Assert.False(next.IsCompleted);
        var refused = draft.Decide("C", draft.Row(EventType.PaymentRejected, TransferKind.None, draft.Number("C"), draft.Number("B"), 1, payment: first.Row.Id, version: 2));
        draft.CommitAll(draft.Pay("C", "B", 1));
        writer.TryEnqueue(new JournalEntry { Owner = refused.Owner, ExpectedVersion = refused.ExpectedVersion - 1, Row = refused.Row });
        Drain();
        Assert.False(next.IsCompleted);
        writer.TryEnqueue(draft.Decide("A", draft.Row(EventType.PaymentSettled, TransferKind.None, draft.Number("A"), draft.Number("B"), 1, payment: first.Row.Id, version: 2)));
        Drain();
        Assert.True(next.IsCompleted);
        Assert.False(wait.Next.IsCompleted);

        // Another process says no more than that it committed.
        next = wait.Next;
        writer.Tail.Advance(writer.Tail.Position + 1);
        Assert.True(next.IsCompleted);
    }

    [Fact]
    public void Replays_go_first_and_need_no_place_in_the_queue()
    {
        Use(new LedgerOptions { QueueLimit = 1 });
        var queued = draft.Pay("A", "B", 1);
        var replay = draft.Pay("B", "A", 1);
        Assert.Equal(Admission.Admitted, writer.TryEnqueue(queued));
        writer.EnqueueReplay(replay);
        Drain();
        Assert.Equal([[replay.Row.Id, queued.Row.Id]], store.Committed);
    }

    [Fact]
    public void An_entry_ends_only_after_its_commit()
    {
        var entry = draft.Pay("A", "B", 1);
        writer.TryEnqueue(entry);
        var committed = entry.Committed;
        store.BeforeCommit = () => Assert.False(committed.IsCompleted);
        store.NextCommits.Enqueue(Fault.Transient);
        Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        Assert.Empty(completions);
        Assert.Equal(WriterStep.Committed, writer.CommitQueued());
        Assert.False(committed.IsCompleted);
        Tell();
        Assert.True(committed.IsCompleted);
        Assert.Equal(Refusal.None, committed.Now());
        Assert.Equal(store.LastPosition, writer.Tail.Position);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(37, 0)]
    [InlineData(37, 17)]
    [InlineData(37, 36)]
    public void Halving_finds_the_one_entry_that_cannot_be_written(int entries, int bad)
    {
        // Each entry is of its own lane, as of its own grain, but all debit one account without a fence.
        var batch = Enumerable.Range(0, entries).Select(_ => Unfenced()).ToArray();
        store.NotWritable.Add(batch[bad].Row.Id);
        foreach (var entry in batch)
            writer.TryEnqueue(entry);
        Drain();
        for (var i = 0; i < entries; i++)
            Assert.Equal(i == bad ? Refusal.NotWritable : Refusal.None, batch[i].Outcome);
        Assert.Equal(batch.Where((_, i) => i != bad).Select(static entry => entry.Row.Id), store.Committed.SelectMany(static ids => ids));
        Assert.Null(store.Reader.FindRow(batch[bad].Row.Id).Now());
    }

    [Fact]
    public void What_no_decision_makes_is_not_written_and_the_rest_commits()
    {
        var entries = new[]
        {
            draft.Pay("A", "B", 1),
            draft.Pay("B", "B", 1),
            draft.Pay("C", "A", -5),
            draft.Pay("A", "B", 1),
        };
        foreach (var entry in entries)
            writer.TryEnqueue(entry);
        Drain();
        Assert.Equal([Refusal.None, Refusal.NotWritable, Refusal.NotWritable, Refusal.None], entries.Select(static entry => entry.Outcome));
    }

    [Fact]
    public void An_entry_decided_on_one_that_cannot_be_written_is_refused()
    {
        var lane = new WriterLane();
        var entries = new[] { draft.Pay("A", "B", 1, lane: lane), draft.Pay("A", "B", 1, lane: lane), draft.Pay("A", "B", 1, lane: lane), draft.Pay("C", "B", 1) };
        store.NotWritable.Add(entries[1].Row.Id);
        foreach (var entry in entries)
            writer.TryEnqueue(entry);
        Drain();
        Assert.Equal([Refusal.None, Refusal.NotWritable, Refusal.DecidedOnRefused, Refusal.None], entries.Select(static entry => entry.Outcome));
        var later = draft.Pay("A", "B", 1, lane: lane);
        writer.TryEnqueue(later);
        Drain();
        Assert.Equal(Refusal.DecidedOnRefused, later.Outcome);
    }

    [Fact]
    public void A_transient_failure_is_tried_again_before_anything_else()
    {
        store.NextCommits.Enqueue(Fault.Transient);
        store.NextCommits.Enqueue(Fault.Transient);
        var first = draft.Pay("A", "B", 1);
        var second = draft.Pay("A", "B", 1);
        writer.TryEnqueue(first);
        Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        writer.TryEnqueue(second);
        writer.EnqueueReplay(draft.Pay("B", "A", 1));
        Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        Drain();
        Assert.Equal(["commit 1", "commit 1", "commit 1", "commit 2"], store.Calls);
        Assert.Equal([Refusal.None, Refusal.None], new[] { first.Outcome, second.Outcome });
    }

    [Fact]
    public void The_refusals_of_a_failed_try_say_nothing()
    {
        var lane = new WriterLane();
        var entries = new[] { draft.Pay("A", "B", 1, lane: lane), draft.Pay("A", "B", 1, lane: lane) };
        foreach (var entry in entries)
            writer.TryEnqueue(entry);
        store.NextCommits.Enqueue(Fault.TransientAfterApplying);
        Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        Drain();
        Assert.Equal([Refusal.None, Refusal.None], entries.Select(static entry => entry.Outcome));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_unknown_outcome_is_resolved_before_anything_else(bool committed)
    {
        var lane = new WriterLane();
        var first = draft.Pay("A", "B", 1, lane: lane);
        var queued = draft.Pay("A", "B", 1, lane: lane);
        writer.TryEnqueue(first);
        store.NextCommits.Enqueue(committed ? Fault.LostThoughCommitted : Fault.Lost);
        store.NextResolves.Enqueue(Fault.Transient);
        store.NextResolves.Enqueue(Fault.Lost);
        store.NextResolves.Enqueue(Fault.Final);
        Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        writer.TryEnqueue(queued);
        writer.EnqueueReplay(draft.Pay("C", "B", 1));
        for (var i = 0; i < 3; i++)
            Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        Assert.Empty(completions);
        Assert.Equal(WriterStep.Committed, writer.CommitQueued());
        Drain();
        Assert.Equal(["commit 1", "resolve 1", "resolve 1", "resolve 1", "resolve 1", "commit 2"], store.Calls);
        Assert.Equal(committed ? Refusal.None : Refusal.OutcomeLost, first.Outcome);
        Assert.Equal(committed ? Refusal.StaleVersion : Refusal.DecidedOnRefused, queued.Outcome);
        Assert.Equal(store.LastPosition, writer.Tail.Position);
    }

    [Fact]
    public void An_unknown_outcome_amid_halving_keeps_the_order()
    {
        var batch = Enumerable.Range(0, 8).Select(_ => Unfenced()).ToArray();
        store.NotWritable.Add(batch[7].Row.Id);
        foreach (var entry in batch)
            writer.TryEnqueue(entry);
        // All eight fail; then the first four get lost, and are found.
        store.NextCommits.Enqueue(Fault.None);
        store.NextCommits.Enqueue(Fault.LostThoughCommitted);
        Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        writer.TryEnqueue(draft.Pay("A", "B", 1));
        writer.EnqueueReplay(draft.Pay("C", "B", 1));
        Drain();
        Assert.Equal(["commit 8", "commit 4", "resolve 4", "commit 4", "commit 2", "commit 2", "commit 1", "commit 1", "commit 2"], store.Calls);
        Assert.Equal(batch[..7].Select(static entry => entry.Row.Id), store.Committed.SelectMany(static ids => ids).Take(7));
        Assert.Equal(Refusal.NotWritable, batch[7].Outcome);
    }

    [Fact]
    public void A_nested_unknown_outcome_keeps_the_order()
    {
        var batch = Enumerable.Range(0, 8).Select(_ => Unfenced()).ToArray();
        store.NotWritable.Add(batch[3].Row.Id);
        foreach (var entry in batch)
            writer.TryEnqueue(entry);
        store.NextCommits.Enqueue(Fault.None);
        store.NextCommits.Enqueue(Fault.None);
        store.NextCommits.Enqueue(Fault.LostThoughCommitted);
        Drain();
        Assert.Equal(["commit 8", "commit 4", "commit 2", "resolve 2"], store.Calls[..4]);
        Assert.Equal(batch.Where((_, i) => i != 3).Select(static entry => entry.Row.Id), store.Committed.SelectMany(static ids => ids));
    }

    [Fact]
    public void A_lease_that_fails_stops_nothing()
    {
        Use(new LedgerOptions { IdBlock = 1_000 });
        for (var i = 0; i < 600; i++)
            writer.Ids.Next();
        foreach (var fault in new[] { Fault.Transient, Fault.Lost, Fault.Final })
        {
            store.NextLeases.Enqueue(fault);
            var entry = draft.Pay("A", "B", 1);
            writer.TryEnqueue(entry);
            Drain(steps: 2);
            Assert.Equal(Refusal.None, entry.Outcome);
        }
    }

    [Fact]
    public void Ids_that_ran_out_are_leased_again_though_nothing_is_queued()
    {
        Use(new LedgerOptions { IdBlock = 1_000 });
        var woken = 0;
        writer.Wake = () => woken++;
        for (var i = 0; i < 1_000; i++)
            writer.Ids.Next();
        Assert.True(Assert.Throws<LedgerStoreException>(() => writer.Ids.Next()).IsTransient);
        Assert.Equal(1, woken);
        Assert.Equal(WriterStep.Idle, writer.CommitQueued());
        Assert.True(writer.Ids.Next() > 0);
    }

    [Fact]
    public void Work_behind_the_log_that_fails_stops_nothing()
    {
        store.NextCatchUps.Enqueue(Fault.Transient);
        Assert.False(writer.CatchUp());
        var entry = draft.Pay("A", "B", 1);
        writer.TryEnqueue(entry);
        Drain();
        Assert.Equal(Refusal.None, entry.Outcome);
    }

    [Fact]
    public void Stopping_takes_no_more_and_commits_what_is_queued()
    {
        var entry = draft.Pay("A", "B", 1);
        writer.TryEnqueue(entry);
        writer.StopAdmitting();
        Assert.Equal(Admission.Stopping, writer.TryEnqueue(draft.Pay("A", "B", 1)));
        Drain();
        Assert.Equal(Refusal.None, entry.Outcome);
    }

    [Fact]
    public void A_changed_account_is_forgotten_by_the_directory()
    {
        var number = draft.Number("B");
        Assert.Equal(Grains.Interfaces.Accounts.AccountStatus.Open, writer.Directory.Find(number).Now()!.Status);
        writer.TryEnqueue(draft.ChangeStatus("B", Grains.Interfaces.Accounts.AccountStatus.Frozen));
        Drain();
        Assert.Equal(Grains.Interfaces.Accounts.AccountStatus.Frozen, writer.Directory.Find(number).Now()!.Status);
    }

    private JournalEntry Unfenced() => new() { Owner = 0, ExpectedVersion = 0, Row = draft.Transfer("A", "B", 1, TransferKind.Posted) };

    private LedgerWriter MakeWriter(LedgerOptions options) => new(store, options, TimeProvider.System, completions.Add, NullLogger<LedgerWriter>.Instance);

    private void Use(LedgerOptions options)
    {
        writer.Dispose();
        writer = MakeWriter(options);
    }

    private void Drain(int steps = 100)
    {
        while (writer.CommitQueued() != WriterStep.Idle)
            Assert.True(--steps > 0, "The writer does not come to an end.");
        Tell();
    }

    private void Tell()
    {
        foreach (var completed in completions)
            completed.Execute();
        completions.Clear();
    }
}
