using Ledger;
using Ledger.Sealing;
using Ledger.Sqlite;

namespace Silo.Embedded.Commands;

/// <summary>Checks of a data directory. They read, and leave it as it is, whoever has it.</summary>
internal static class DataChecks
{
    private const long Mebibyte = 1_048_576;

    /// <summary>Below this a busy day may fill the disk.</summary>
    private const long LowSpace = 1_024 * Mebibyte;

    /// <summary>Below this the write-ahead log alone may not fit.</summary>
    private const long NoSpace = 320 * Mebibyte;

    private const int KeySize = 32;

    public static Finding Directory(string directory)
    {
        const string Check = "data directory";
        if (!System.IO.Directory.Exists(directory))
            return new Finding(Check, CheckState.Good, $"'{directory}' is not there yet: the first start makes it.");
        try
        {
            return new Finding(Check, CheckState.Good, $"'{directory}', {(DataDirectory.IsInUse(directory) ? "in use by a running process" : "in use by nobody")}.");
        }
        catch (UnauthorizedAccessException exception)
        {
            return new Finding(Check, CheckState.Wrong, exception.Message, "Run as the user who owns it.");
        }
    }

    public static Finding Space(string directory)
    {
        const string Check = "disk space";
        var free = new DriveInfo(Nearest(directory)).AvailableFreeSpace;
        var detail = $"{free / Mebibyte:N0} MiB free.";
        return free < NoSpace
            ? new Finding(Check, CheckState.Wrong, detail, "The ledger's write-ahead log may take 256 MiB: make room.")
            : free < LowSpace ? new Finding(Check, CheckState.Doubtful, detail, "Make room soon.") : new Finding(Check, CheckState.Good, detail);
    }

    public static Finding KeyFile(string directory)
    {
        const string Check = "key file";
        var path = Path.Combine(directory, MasterKey.FileName);
        if (!File.Exists(path))
            return File.Exists(Path.Combine(directory, SqliteStore.FileName))
                ? new Finding(Check, CheckState.Wrong, $"'{path}' is missing, though there is a ledger.", "Personal fields cannot be opened without it: restore it from the backup.")
                : new Finding(Check, CheckState.Good, "Not there yet: the first start makes it.");
        var length = new FileInfo(path).Length;
        if (length != KeySize)
            return new Finding(Check, CheckState.Wrong, $"'{path}' has {length} bytes instead of {KeySize}.", "It is damaged: restore it from the backup.");
        if (OperatingSystem.IsWindows())
            return new Finding(Check, CheckState.Good, $"{KeySize} bytes.");
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return (File.GetUnixFileMode(path) & Others) == 0
            ? new Finding(Check, CheckState.Good, "Only its owner can read it.")
            : new Finding(Check, CheckState.Wrong, $"Others than its owner can read or write '{path}'.", $"chmod 600 {path}");
    }

    public static Finding Schema(string directory)
    {
        const string Check = "schema";
        var path = Path.Combine(directory, SqliteStore.FileName);
        if (!File.Exists(path))
            return new Finding(Check, CheckState.Good, "There is no ledger yet.");
        try
        {
            var schema = LedgerSchema.Read(path);
            return new Finding(Check, schema.Conflict is not null ? CheckState.Wrong : schema.IsCurrent ? CheckState.Good : CheckState.Doubtful, schema.Explain());
        }
        catch (LedgerDamagedException exception)
        {
            return new Finding(Check, CheckState.Wrong, exception.Message, "Keep the directory as it is, and restore the last backup into another one.");
        }
    }

    /// <summary>The directory, or the nearest one above it that exists.</summary>
    public static string Nearest(string directory)
    {
        var place = directory;
        while (!System.IO.Directory.Exists(place))
            place = Path.GetDirectoryName(place)!;
        return place;
    }
}
