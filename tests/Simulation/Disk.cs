using Ledger.Sqlite;

namespace Simulation;

/// <summary>
/// The files of one run's ledger. A crash leaves what the operating system has of them: the files are copied as they are, the
/// write-ahead log with whatever stands in it, and the next store opens the copy.
/// </summary>
internal sealed class Disk : IDisposable
{
    private static readonly Lazy<byte[]> EmptyLedger = new(MakeEmptyLedger);

    private readonly string directory = NewDirectory();
    private int generation;

    public Disk()
    {
        System.IO.Directory.CreateDirectory(Here);
        File.WriteAllBytes(LedgerPath, EmptyLedger.Value);
        Store = new SqliteStore(LedgerPath);
    }

    public SqliteStore Store { get; private set; }

    public string LedgerPath => Path.Combine(Here, SqliteStore.FileName);

    private string Here => Path.Combine(directory, generation.ToString());

    /// <summary>Ends the store as a crash does, and opens what it left.</summary>
    public void Crash()
    {
        var before = LedgerPath;
        generation++;
        System.IO.Directory.CreateDirectory(Here);
        File.Copy(before, LedgerPath);
        // Its last frames may be of a transaction that never committed.
        if (File.Exists(before + "-wal"))
            File.Copy(before + "-wal", LedgerPath + "-wal");
        Store.Dispose();
        System.IO.Directory.Delete(Path.GetDirectoryName(before)!, recursive: true);
        Store = new SqliteStore(LedgerPath);
    }

    public void Dispose()
    {
        Store.Dispose();
        System.IO.Directory.Delete(directory, recursive: true);
    }

    // Memory, where the machine offers it as a file system: these files need not outlive the process.
    private static string NewDirectory()
    {
        const string Memory = "/dev/shm";
        var parent = System.IO.Directory.Exists(Memory) ? Memory : Path.GetTempPath();
        var path = Path.Combine(parent, "payments-simulation-" + Path.GetRandomFileName());
        return System.IO.Directory.CreateDirectory(path).FullName;
    }

    private static byte[] MakeEmptyLedger()
    {
        var directory = NewDirectory();
        var path = Path.Combine(directory, SqliteStore.FileName);
        new SqliteStore(path).Dispose();
        var bytes = File.ReadAllBytes(path);
        System.IO.Directory.Delete(directory, recursive: true);
        return bytes;
    }
}
