using System.CommandLine;
using Ledger;
using Ledger.Sqlite;

namespace Silo.Embedded.Commands;

/// <summary>The data directory that a command works on.</summary>
internal static class DataDirectory
{
    public static readonly Option<string> Option = new("--data") { Description = "The data directory.", DefaultValueFactory = static _ => "./data" };

    /// <summary>The ledger's file in a data directory that has one.</summary>
    /// <exception cref="CommandFailedException">There is none.</exception>
    public static string LedgerFile(string directory)
    {
        var path = Path.Combine(directory, SqliteStore.FileName);
        return File.Exists(path)
            ? path
            : throw new CommandFailedException($"There is no ledger in '{Path.GetFullPath(directory)}'. Start the server once with ./run, or give the directory with --data.");
    }

    /// <summary>Whether a process has the directory. The answer is as old as the question.</summary>
    public static bool IsInUse(string directory)
    {
        var path = Path.Combine(directory, DataDirectoryLock.FileName);
        if (!File.Exists(path))
            return false;
        try
        {
            // Reading shares the file with other readers, but not with the process that holds the lock.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
