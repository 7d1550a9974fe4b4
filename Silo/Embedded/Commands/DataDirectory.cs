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

    /// <summary>The process that has the directory; null where nobody has.</summary>
    public static string? Holder(string directory)
    {
        var path = Path.Combine(directory, DataDirectoryLock.FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            // The lock is exclusive: whoever can open the file for writing is alone, and lets go at once.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            return null;
        }
        catch (IOException)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }
}
