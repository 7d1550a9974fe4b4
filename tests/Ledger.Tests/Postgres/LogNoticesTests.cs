using System.Diagnostics;
using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Servers;
using Xunit.Abstractions;

namespace Ledger.Tests.Postgres;

/// <summary>What one process commits, another hears of at once; and soon, where nobody could tell it.</summary>
public sealed class LogNoticesTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string database = MigratedDatabase.New();

    public void Dispose() => TestPostgres.Shared.Drop(database);

    [Fact]
    public async Task Another_process_s_commit_is_heard_of_long_before_anyone_polls()
    {
        using var mine = new Process(database);
        using var theirs = new Process(database);
        await theirs.Pay();
        await mine.Hears(theirs);
        var times = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            await theirs.Pay();
            var started = Stopwatch.GetTimestamp();
            await mine.Hears(theirs);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine($"Heard after {times[0]:0.0} ms at best, {times[10]:0.0} in the middle, {times[^1]:0.0} at worst.");
        // A poll, once a second, would be heard after half a second in the middle.
        Assert.True(times[10] < 250, $"{times[10]} ms in the middle.");
    }

    [Fact]
    public async Task A_listener_whose_connection_breaks_misses_nothing()
    {
        using var mine = new Process(database);
        using var theirs = new Process(database);
        for (var i = 0; i < 10; i++)
        {
            CutListeners();
            await theirs.Pay();
            await mine.Hears(theirs);
        }

        Assert.Equal(mine.Writer.Tail.Position, theirs.Store.LastPosition);
    }

    [Fact]
    public async Task A_commit_of_a_process_that_tells_nobody_is_found()
    {
        using var mine = new Process(database);
        using var silent = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);
        var draft = new JournalDraft(silent);
        Assert.Equal(Refusal.None, draft.Commit(draft.Open("A")));
        await mine.Writer.Tail.WaitBeyond(silent.LastPosition - 1, CancellationToken.None).WaitAsync(Patience);
    }

    private void CutListeners()
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var cut = new NpgsqlCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and (query like 'listen%' or query like 'select last_position%' or query like '%pg_notify%') and pid <> pg_backend_pid()", connection);
        cut.ExecuteNonQuery();
    }

    /// <summary>A writer with its store, as a process has them.</summary>
    private sealed class Process : IDisposable
    {
        private readonly JournalDraft draft;
        private int accounts;

        public Process(string database)
        {
            Store = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);
            Writer = new LedgerWriter(Store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);
            draft = new JournalDraft(Store);
        }

        public PostgresStore Store { get; }

        public LedgerWriter Writer { get; }

        public async Task Pay()
        {
            var entry = draft.Open($"A{GetHashCode()}_{accounts++}");
            Assert.Equal(Admission.Admitted, Writer.TryEnqueue(entry));
            Assert.Equal(WriterStep.Committed, Writer.CommitQueued());
            Assert.Equal(Refusal.None, await entry.Committed);
        }

        public Task Hears(Process other) => Writer.Tail.WaitBeyond(other.Store.LastPosition - 1, CancellationToken.None).WaitAsync(Patience);

        public void Dispose()
        {
            Writer.Dispose();
            Store.Dispose();
        }
    }
}
