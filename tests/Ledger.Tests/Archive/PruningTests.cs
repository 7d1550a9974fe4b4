using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.Archive;
using Ledger.EventLog;
using Ledger.Postgres;
using Ledger.Tests.Postgres;
using Npgsql;

namespace Ledger.Tests.Archive;

/// <summary>What is let go of is in the archive, verified; what is still needed stays; and both together are audited as one log.</summary>
public sealed class PruningTests : IDisposable
{
    private const long Day = 24 * 60 * 60 * 1000;

    private static readonly TimeSpan Age = TimeSpan.FromDays(40);

    private readonly TemporaryDirectory directory = new();
    private readonly string database = MigratedDatabase.New();
    private readonly PostgresSettings settings;
    private readonly PostgresStore store;
    private readonly LedgerScript script;

    public PruningTests()
    {
        settings = PostgresSettings.Parse(database, isProduction: false);
        store = new PostgresStore(settings, TimeProvider.System);
        script = new LedgerScript(store);
        script.Run(
            $"""
            at {Day}
            open A                                 ok
            open B                                 ok
            open Idle                              ok
            fund A 100000                          ok
            fund Idle 500                          ok
            hold open A B 40 expires={200 * Day}   ok
            hold done A B 30 expires={200 * Day}   ok
            final done 20                          ok
            pay A B 60 as=returned key=old         ok
            pay A B 70 as=gone key=gone            ok
            """);
        for (var i = 0; i < 300; i++)
            script.Run("pay A B 1 ok");
        LogArchive.OfDatabase(settings, Archive, 100, true, null, CancellationToken.None);
        script.Run($"at {50 * Day}");
        for (var i = 0; i < 30; i++)
            script.Run("pay A B 1 ok");
        var draft = script.Draft;
        var returned = draft.Row(EventType.PaymentReturned, TransferKind.None, draft.Number("A"), draft.Number("B"), 10, payment: script.Label("returned"), version: 2);
        Assert.Equal(Refusal.None, draft.Commit(draft.Decide("B", draft.Transfer("B", "A", 10, TransferKind.Posted), more: [returned], returns: script.Label("returned"))));
        LogArchive.OfDatabase(settings, Archive, 20, true, null, CancellationToken.None);
    }

    private string Archive => directory.File("archive");

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void Old_segments_go_and_the_ledger_goes_on_and_is_sound_with_its_archive()
    {
        var rows = Number("select count(*) from log");
        var pruned = Prune();
        Assert.InRange(pruned.Rows, 200, pruned.Position - 1);
        Assert.Equal(rows - pruned.Rows, Number("select count(*) from log"));
        Assert.Empty(Audit().Findings);
        Assert.Throws<LedgerPrunedException>(() => PostgresAudit.Verify(settings, null, CancellationToken.None));
        Assert.Empty(ArchiveAudit.Verify(Archive, null, CancellationToken.None).Findings);

        script.Run("pay A B 5 key=new ok");
        script.Run("final open 40 ok");
        script.Run("pay Idle A 500 ok");
        Assert.Empty(Audit().Findings);
        Assert.Equal(new PruneReport(pruned.Position, 0), Prune());
        LogArchive.OfDatabase(settings, Archive, 20, true, null, CancellationToken.None);
        Assert.Empty(ArchiveAudit.Verify(Archive, null, CancellationToken.None).Findings);
        var report = Audit();
        Assert.Empty(report.Findings);
        Assert.Equal((store.LastPosition, store.LastPosition), (report.Rows, report.LastPosition));
    }

    [Fact]
    public void Reads_reach_to_the_border_and_say_so_beyond_it()
    {
        var before = store.Reader.LastActivityAt(Account("A"), 45 * Day).Now()!;
        var pruned = Prune();
        Assert.Equal(pruned.Position + 1, store.Reader.RowsAfter(0, 10).Now()[0].Position);
        Assert.Equal(before.Id, store.Reader.LastActivityAt(Account("A"), 45 * Day).Now()!.Id);
        Assert.Throws<LedgerPrunedException>(() => store.Reader.LastActivityAt(Account("A"), Day - 1).Now());
        Assert.Equal(33, store.Reader.Activity(Account("A"), 0, 1_000).Now().Count);
        Assert.Single(store.Reader.Activity(Account("Idle"), 0, 10).Now());
        Assert.Equal(2, store.Reader.PaymentRows(script.Label("returned")).Now().Count);
        Assert.Single(store.Reader.PaymentRows(script.Label("open")).Now());
        Assert.Null(store.Reader.FindRow(script.Label("gone")).Now());
        Assert.Null(store.Reader.FindByKey(IdempotencyKey.Of(1, "gone", "test")).Now());
    }

    [Fact]
    public void Ended_early_it_is_sound_and_done_to_the_end_the_next_time()
    {
        using var stop = new CancellationTokenSource();
        var done = new Progress(value =>
        {
            if (value.RowsDone > value.RowsTotal / 2)
                stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => PostgresPruning.Prune([settings], 0, Archive, Age, done, stop.Token));
        Assert.Empty(Audit().Findings);
        Prune();
        Assert.Empty(Audit().Findings);
    }

    [Fact]
    public void What_is_not_archived_or_not_sound_is_not_pruned()
    {
        var rows = Number("select count(*) from log");
        var path = Path.Combine(Archive, ArchiveManifest.Read(Archive).Segments[1].File);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("nothing was pruned", Assert.Throws<InvalidDataException>(() => Prune()).Message, StringComparison.Ordinal);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => PostgresPruning.Prune([settings], 0, Archive, TimeSpan.FromDays(30), null, CancellationToken.None));
        Execute("update batch set hash = set_byte(hash, 3, 255 - get_byte(hash, 3)) where last_position = (select max(last_position) from batch where last_position <= 310)");
        Assert.Throws<InvalidDataException>(() => Prune());
        Assert.Equal(rows, Number("select count(*) from log"));
        Assert.Equal(0, PostgresPruning.Prune([settings], 0, Archive, TimeSpan.FromDays(60), null, CancellationToken.None).Position);
    }

    [Theory]
    [InlineData("update log set debtor_balance = debtor_balance + 1 where position < 300")]
    [InlineData("update log set amount = amount + 1 where position < 300")]
    [InlineData("update log set id = -id where position = (select min(position) from log)")]
    [InlineData("update setting set value = '310 ' || split_part(value, ' ', 2) || ' ' || repeat('0', 64) where name = 'log pruned'")]
    [InlineData("select sweep_counters(); update counters set credits_posted = credits_posted + 1")]
    [InlineData("update log set debtor_previous = 0 where position > 311")]
    public void A_change_behind_or_before_the_border_is_found(string change)
    {
        Prune();
        Execute(change);
        Assert.NotEmpty(Audit().Findings);
    }

    private PruneReport Prune() => PostgresPruning.Prune([settings], 0, Archive, Age, null, CancellationToken.None);

    private AuditReport Audit() => PostgresAudit.Verify(settings, null, CancellationToken.None, Archive);

    private long Account(string name) => script.Draft.Account(name).Number;

    private long Number(string sql)
    {
        using var source = NpgsqlDataSource.Create(database);
        using var command = source.CreateCommand(sql);
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql)
    {
        using var source = NpgsqlDataSource.Create(database);
        using var command = source.CreateCommand(sql);
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    private sealed class Progress(Action<AuditProgress> report) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => report(value);
    }
}
