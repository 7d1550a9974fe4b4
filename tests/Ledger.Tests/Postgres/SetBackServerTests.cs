using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>
/// A standby that lags is promoted: what was answered last is not there, another process pays meanwhile, and this one comes back with what it
/// remembers. The lost payments are lost; nothing of them may be written over what was paid since, or be read.
/// </summary>
public sealed class SetBackServerTests : IDisposable
{
    private static readonly string[] Tables = ["log_head", "counters", "counters_tail", "log", "batch", "tally_second", "tally_total", "key", "waypoint", "reference"];

    private readonly string database = MigratedDatabase.New();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_a_commit_in_flight_nothing_of_before_is_written_over_what_came_since(bool isBehind)
    {
        using var proxy = new CuttingProxy(TestPostgres.Shared.Port, 1);
        using var mine = MigratedDatabase.Open(new NpgsqlConnectionStringBuilder(database) { Port = proxy.Port }.ConnectionString, isBehind ? TimeSpan.Zero : TimeSpan.FromDays(1), 1_000_000);
        using var writer = new LedgerWriter(mine, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);
        var draft = new JournalDraft(mine);
        draft.CommitAll(draft.Open("A"), draft.Open("C"), draft.Open("D"), draft.Open("E"));
        Assert.Equal(Refusal.None, Write(draft.Fund("A", 1_000)));
        Assert.Equal(Refusal.None, Write(draft.Fund("D", 1_000)));
        Assert.Equal(Refusal.None, Write(draft.Pay("A", "C", 10)));
        Keep();
        // Answered, and lost with the server.
        Assert.Equal(Refusal.None, Write(draft.Pay("A", "C", 200)));
        Assert.Equal(Refusal.None, Write(draft.Pay("D", "E", 1)));
        var inFlight = draft.Pay("D", "E", 1);
        proxy.CutNextCommit(Cut.BeforeServer);
        Assert.Equal(Admission.Admitted, writer.TryEnqueue(inFlight));
        Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        SetBack();
        PayElsewhere(draft, mine);
        while (writer.CommitQueued() != WriterStep.Idle)
        {
        }

        draft.Reload();
        Assert.Equal(Refusal.None, Write(draft.Pay("A", "C", 1)));
        Assert.Equal((689, 311), (draft.Account("A").Counters.Posted, draft.Account("C").Counters.Posted));
        Audit();

        Refusal Write(JournalEntry entry)
        {
            Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
            while (writer.CommitQueued() != WriterStep.Idle)
            {
            }

            draft.Reload();
            return entry.Outcome;
        }
    }

    [Fact]
    public void Between_two_commits_in_place_nothing_of_before_is_written_over_what_came_since()
    {
        using var mine = MigratedDatabase.Open(database, TimeSpan.FromDays(1));
        var draft = Begun(mine);
        draft.Commit(draft.Pay("A", "C", 200));
        End();
        Assert.Throws<LedgerStoreException>(() => mine.CatchUp());
        SetBack();
        PayElsewhere(draft, mine);
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "C", 1)));
        Assert.Equal((689, 311), (draft.Account("A").Counters.Posted, draft.Account("C").Counters.Posted));
        Audit();
    }

    [Fact]
    public async Task A_process_that_only_reads_reads_what_the_server_has()
    {
        using var mine = MigratedDatabase.Open(database, TimeSpan.Zero, 1_000_000);
        mine.Follow(new LogTail(0));
        var draft = Begun(mine);
        draft.Commit(draft.Pay("A", "C", 200));
        draft.Commit(draft.Pay("A", "C", 200));
        SetBack();
        using (var theirs = MigratedDatabase.Open(database, TimeSpan.FromDays(1)))
        {
            draft.Store = theirs;
            draft.Reload();
            Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "C", 300)));
        }

        var started = TimeProvider.System.GetTimestamp();
        while (mine.Reader.FindAccount(draft.Number("A")).Now()!.Counters.Posted != 690)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "It reads what the server does not have.");
            await Task.Delay(20);
        }
    }

    [Fact]
    public void A_writer_that_the_server_never_heard_of_finds_out_that_nothing_of_it_is_there()
    {
        using var mine = MigratedDatabase.Open(database, TimeSpan.Zero, 1_000_000);
        var draft = Begun(mine);
        MigratedDatabase.Execute(database, "delete from writer");
        var lost = draft.Fund("A", 5);
        mine.ResolveOutcome([lost]);
        Assert.Equal(Refusal.OutcomeLost, lost.Outcome);
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "C", 1)));
    }

    public void Dispose() => TestPostgres.Shared.Drop(database);

    // What the standby has.
    private JournalDraft Begun(PostgresStore store)
    {
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("C"));
        draft.Commit(draft.Fund("A", 1_000));
        draft.Commit(draft.Pay("A", "C", 10));
        Keep();
        return draft;
    }

    private void PayElsewhere(JournalDraft draft, PostgresStore mine)
    {
        using (var theirs = MigratedDatabase.Open(database, TimeSpan.FromDays(1)))
        {
            draft.Store = theirs;
            draft.Reload();
            Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "C", 300)));
        }

        draft.Store = mine;
        draft.Reload();
    }

    private void Keep()
    {
        foreach (var table in Tables)
            MigratedDatabase.Execute(database, $"create table old_{table} as table {table}");
    }

    private void SetBack()
    {
        End();
        foreach (var table in Tables)
            MigratedDatabase.Execute(database, $"delete from {table}; insert into {table} select * from old_{table}");
    }

    private void End() => MigratedDatabase.Execute(database, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

    private void Audit() => Assert.Empty(PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).Findings);
}
