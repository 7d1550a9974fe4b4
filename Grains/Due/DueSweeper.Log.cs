using Microsoft.Extensions.Logging;

namespace Grains.Due;

internal static partial class DueSweeperLog
{
    [LoggerMessage(1, LogLevel.Error, "Due work cannot be read from the ledger for now.")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Due work of kind {Kind} (item {Id}) failed {Times} times; it is tried again.")]
    public static partial void CallFailed(ILogger logger, string kind, long id, int times, Exception exception);

    [LoggerMessage(3, LogLevel.Error, "No grain does due work of kind {Kind} (item {Id}); it stays in the ledger.")]
    public static partial void KindUnknown(ILogger logger, string kind, long id);
}
