using Ledger.Sealing;

namespace Ledger.Sqlite;

/// <summary>
/// Copies a ledger, its key file and a manifest into a new directory. The manifest is written last: a directory without one is no
/// backup.
/// </summary>
public static class LedgerBackup
{
    /// <summary>Copies a ledger that is being written, a few pages between two commits at a time.</summary>
    /// <param name="store">The running ledger.</param>
    /// <param name="dataDirectory">Where it and its key file are.</param>
    /// <param name="target">A directory that is not there yet.</param>
    /// <param name="betweenCommits">Runs work on the writer's thread, between two commits.</param>
    /// <param name="progress">Is told the pages copied, and all pages.</param>
    /// <param name="machine">Says when the backup was made.</param>
    /// <param name="cancellationToken">Ends the copy; what was begun is removed.</param>
    public static Task<BackupManifest> OfRunning(
        SqliteStore store, string dataDirectory, string target, Func<Action, Task> betweenCommits, Action<long, long> progress, TimeProvider machine, CancellationToken cancellationToken) =>
        Make(dataDirectory, target, store.StartBackup, betweenCommits, progress, machine, cancellationToken);

    /// <summary>Copies a ledger that nobody writes; its schema stays what it is.</summary>
    public static async Task<BackupManifest> OfClosed(string dataDirectory, string target, Action<long, long> progress, TimeProvider machine, CancellationToken cancellationToken)
    {
        using var source = new SqliteDatabase(Path.Combine(dataDirectory, SqliteStore.FileName), SqliteAccess.Read);
        return await Make(dataDirectory, target, path => new SqliteBackup(source, path), static work =>
        {
            work();
            return Task.CompletedTask;
        }, progress, machine, cancellationToken);
    }

    /// <summary>Moves a finished backup, to another disk too.</summary>
    public static void Move(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
        }
        catch (IOException) when (!Path.Exists(to))
        {
            CreatePrivate(to);
            foreach (var file in Directory.EnumerateFiles(from))
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
            BackupManifest.Verify(to, static (_, _) => { }, CancellationToken.None);
            Directory.Delete(from, recursive: true);
        }
    }

    private static async Task<BackupManifest> Make(
        string dataDirectory, string target, Func<string, SqliteBackup> start, Func<Action, Task> betweenCommits, Action<long, long> progress, TimeProvider machine, CancellationToken cancellationToken)
    {
        if (Directory.Exists(target) || File.Exists(target))
            throw new IOException($"'{target}' is there already: a backup makes a directory of its own.");
        CreatePrivate(target);
        try
        {
            var ledger = Path.Combine(target, SqliteStore.FileName);
            await CopyLedger(ledger, start, betweenCommits, progress, cancellationToken);
            var key = Path.Combine(target, MasterKey.FileName);
            File.Copy(Path.Combine(dataDirectory, MasterKey.FileName), key);
            var manifest = BackupManifest.Of(target, machine.GetUtcNow(), cancellationToken);
            manifest.Write(target);
            foreach (var file in Directory.EnumerateFiles(target))
                Sync(file);
            return manifest;
        }
        catch
        {
            Directory.Delete(target, recursive: true);
            throw;
        }
    }

    private static async Task CopyLedger(string path, Func<string, SqliteBackup> start, Func<Action, Task> betweenCommits, Action<long, long> progress, CancellationToken cancellationToken)
    {
        SqliteBackup? backup = null;
        await betweenCommits(() => backup = start(path));
        try
        {
            for (var more = true; more;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await betweenCommits(() => more = backup!.Step());
                progress(backup!.TotalPages - backup.RemainingPages, backup.TotalPages);
            }
        }
        finally
        {
            await betweenCommits(backup!.Dispose);
        }
    }

    // The copy is made without a sync on the writer's thread; here, on the caller's, it becomes durable.
    private static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static void CreatePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
