using Ledger.Backup;
using Ledger.Sealing;
using Ledger.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Grains.Interfaces.Values;

namespace Ledger.Tests;

public sealed class LedgerBackupTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string data;
    private readonly string backup;
    private readonly string restored;
    private readonly SqliteStore store;
    private readonly JournalDraft draft;
    private readonly LedgerOptions options = new() { QueueLimit = 100_000 };
    private readonly LedgerWriter writer;

    public LedgerBackupTests()
    {
        (data, backup, restored) = (directory.File("data"), directory.File("backup"), directory.File("restored"));
        Directory.CreateDirectory(data);
        MasterKey.Load(data, mayCreate: true).Dispose();
        store = new SqliteStore(Path.Combine(data, SqliteStore.FileName));
        draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"), draft.Fund("A", 100_000_000));
        writer = new LedgerWriter(store, options, TimeProvider.System, static completed => ThreadPool.UnsafeQueueUserWorkItem(completed, preferLocal: false), NullLogger<LedgerWriter>.Instance);
    }

    public void Dispose()
    {
        writer.Dispose();
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task Under_load_it_ends_and_holds_what_was_acknowledged_before()
    {
        for (var i = 0; i < 150; i++)
            draft.Store.Commit([.. Enumerable.Range(0, 200).Select(_ => Unfenced())]);
        using var thread = new LedgerThread(writer, options, new LedgerFaults(), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var acknowledged = new List<long>();
        var load = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var entries = Enumerable.Range(0, 100).Select(_ => Unfenced()).ToArray();
                Assert.All(entries, entry => Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry)));
                foreach (var entry in entries)
                    Assert.Equal(Refusal.None, await entry.Committed);
                lock (acknowledged)
                    acknowledged.AddRange(entries.Select(static entry => entry.Row.Id));
            }
        });
        while (Count(acknowledged) < 1_000 && !load.IsCompleted)
            await Task.Yield();
        long[] before;
        lock (acknowledged)
            before = [.. acknowledged];
        var manifest = await LedgerBackup.OfRunning(writer, store, data, backup, TimeProvider.System, CancellationToken.None);
        var during = Count(acknowledged) - before.Length;
        await stop.CancelAsync();
        await load;
        await thread.Stop();
        Assert.True(during > 0, "Nothing was committed while it copied.");
        Assert.True(manifest.Position < store.LastPosition);

        var report = LedgerRestore.Restore(backup, restored, null, CancellationToken.None);
        Assert.Empty(report.Findings);
        Assert.Equal(manifest.Position, report.LastPosition);
        Assert.Equal(File.ReadAllBytes(Path.Combine(data, MasterKey.FileName)), File.ReadAllBytes(Path.Combine(restored, MasterKey.FileName)));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(backup, MasterKey.FileName)));
        using var copy = new SqliteStore(Path.Combine(restored, SqliteStore.FileName));
        Assert.All(before, id => Assert.NotNull(copy.Reader.FindRow(id).Now()));
        Assert.Equal(Refusal.None, new JournalDraft(copy).Commit(Unfenced(copy)));
    }

    [Fact]
    public async Task In_quiet_time_it_ends_too()
    {
        using var thread = new LedgerThread(writer, options, new LedgerFaults(), TimeProvider.System);
        await LedgerBackup.OfRunning(writer, store, data, backup, TimeProvider.System, CancellationToken.None);
        await thread.Stop();
        Assert.True(LedgerRestore.Restore(backup, restored, null, CancellationToken.None).IsSound);
    }

    [Fact]
    public async Task An_interrupted_one_leaves_nothing_and_commits_go_on()
    {
        using var cancellation = new CancellationTokenSource();
        var running = LedgerBackup.OfRunning(writer, store, data, backup, TimeProvider.System, cancellation.Token);
        await cancellation.CancelAsync();
        Assert.True(writer.RunSlice());
        await Assert.ThrowsAsync<OperationCanceledException>(() => running);
        Assert.Equal([data], Directory.GetDirectories(directory.Path));
        writer.TryEnqueue(Unfenced());
        Assert.Equal(WriterStep.Committed, writer.CommitQueued());
    }

    [Fact]
    public void What_a_killed_one_leaves_is_no_backup()
    {
        // All but the rename, and all but the manifest.
        LedgerBackupOfStopped();
        File.Delete(Path.Combine(backup, BackupManifest.FileName));
        Assert.Contains("is no backup", Refused(backup));
        Assert.Throws<BackupRefusedException>(() => LedgerRestore.Restore(directory.File("nothing"), restored, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_writer_that_ends_gives_it_up()
    {
        var thread = new LedgerThread(writer, options, new LedgerFaults(), TimeProvider.System);
        var abandoned = false;
        var endless = writer.RunBetweenCommits(static () => true, () => abandoned = true);
        await thread.Stop();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        Assert.True(abandoned);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.RunBetweenCommits(static () => true));
        thread.Dispose();
    }

    [Fact]
    public async Task What_a_slice_throws_is_its_callers()
    {
        using var thread = new LedgerThread(writer, options, new LedgerFaults(), TimeProvider.System);
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => writer.RunBetweenCommits(static () => throw new InvalidOperationException("mine")))).Message);
        var entry = Unfenced();
        writer.TryEnqueue(entry);
        Assert.Equal(Refusal.None, await entry.Committed);
        await thread.Stop();
    }

    [Fact]
    public void A_running_ledger_is_not_taken_for_a_stopped_one()
    {
        using var held = DataDirectoryLock.Take(data);
        Assert.Throws<DataDirectoryInUseException>(() => LedgerBackup.OfStopped(data, backup, TimeProvider.System, CancellationToken.None));
        Assert.False(Directory.Exists(backup));
    }

    [Theory]
    [InlineData(SqliteStore.FileName)]
    [InlineData(MasterKey.FileName)]
    public void A_damaged_one_is_refused(string file)
    {
        LedgerBackupOfStopped();
        var path = Path.Combine(backup, file);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("is damaged", Refused(backup));
        File.Delete(path);
        Assert.Contains("is missing", Refused(backup));
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2", "has format 2")]
    [InlineData("\"position\": ", "\"position\": 7", "its manifest says 7")]
    [InlineData("\"name\": \"ledger.db\"", "\"name\": \"../ledger.db\"", "does not name exactly")]
    [InlineData("\"files\"", "\"fill\"", "is damaged")]
    public void A_changed_manifest_is_refused(string text, string by, string because)
    {
        LedgerBackupOfStopped();
        var path = Path.Combine(backup, BackupManifest.FileName);
        File.WriteAllText(path, File.ReadAllText(path).Replace(text, by));
        Assert.Contains(because, Refused(backup));
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        LedgerBackupOfStopped();
        Directory.CreateDirectory(restored);
        File.WriteAllText(Path.Combine(restored, "note"), "mine");
        Assert.Throws<BackupRefusedException>(() => LedgerRestore.Restore(backup, restored, null, CancellationToken.None));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(restored, "note")));
        Assert.Throws<BackupRefusedException>(() => LedgerBackup.OfStopped(data, restored, TimeProvider.System, CancellationToken.None));
    }

    [Fact]
    public void A_damaged_ledger_is_not_restored()
    {
        using (var database = new SqliteDatabase(Path.Combine(data, SqliteStore.FileName), SqliteAccess.Write))
            database.Execute("UPDATE log SET amount = amount + 1 WHERE amount > 0");
        LedgerBackupOfStopped();
        Assert.False(LedgerRestore.Restore(backup, restored, null, CancellationToken.None).IsSound);
        Assert.False(Directory.Exists(restored));
    }

    private void LedgerBackupOfStopped()
    {
        store.Dispose();
        LedgerBackup.OfStopped(data, backup, TimeProvider.System, CancellationToken.None);
    }

    private string Refused(string from)
    {
        var refusal = Assert.Throws<BackupRefusedException>(() => LedgerRestore.Restore(from, restored, null, CancellationToken.None));
        Assert.Empty(Directory.GetDirectories(directory.Path, "restored*"));
        return refusal.Message;
    }

    private JournalEntry Unfenced(SqliteStore? into = null)
    {
        var row = draft.Transfer("A", "B", 1, TransferKind.Posted, key: IdempotencyKey.Of(1, Guid.NewGuid().ToString(), "test"), id: into is null ? null : into.LeaseIds(1));
        return new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row };
    }

    private static int Count(List<long> list)
    {
        lock (list)
            return list.Count;
    }
}
