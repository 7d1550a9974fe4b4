using Microsoft.Extensions.Logging;

namespace Ledger;

internal static partial class LedgerWriterLog
{
    [LoggerMessage(1, LogLevel.Error, "The outcome of a batch of {Entries} entries is unknown; it is resolved before anything else commits.")]
    public static partial void OutcomeUnknown(ILogger logger, int entries, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The outcome of a batch of {Entries} entries is still unknown.")]
    public static partial void StillUnknown(ILogger logger, int entries, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "The store cannot commit {Entries} entries for now.")]
    public static partial void TryAgain(ILogger logger, int entries, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "The entry of row {Row} cannot be written; it is recorded nowhere.")]
    public static partial void NotWritable(ILogger logger, long row, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The store cannot lease ids for now.")]
    public static partial void LeaseFailed(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "The store cannot do work that is behind the log for now.")]
    public static partial void CatchUpFailed(ILogger logger, Exception exception);
}
