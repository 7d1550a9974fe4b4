using Microsoft.Extensions.Logging;

namespace Grains.Reconciliation;

internal static partial class ReconciliationLog
{
    [LoggerMessage(1, LogLevel.Error, "Books do not agree: {Break}. {Detail}")]
    public static partial void Found(ILogger logger, string @break, string detail);

    [LoggerMessage(2, LogLevel.Information, "Books agree again: {Break}.")]
    public static partial void Closed(ILogger logger, string @break);

    [LoggerMessage(3, LogLevel.Warning, "Reconciliation cannot go on for now, and tries again from where it was.")]
    public static partial void TriesAgain(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "Reconciliation failed, and begins again from its place in {Seconds} s: where that fails each time, nothing is compared.")]
    public static partial void Failed(ILogger logger, int seconds, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The documents of row {Row} cannot be read, and were not compared.")]
    public static partial void NotRead(ILogger logger, long row, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, "The acquirer did not say what it did under {Key}: it is asked again.")]
    public static partial void AskedAgain(ILogger logger, string key, Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "What the acquirer did under {Key} cannot be read, and was not compared.")]
    public static partial void NotTold(ILogger logger, string key, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "The ledger's books could not be summed; they are again when it is their time.")]
    public static partial void NotSummed(ILogger logger, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "There are more breaks than the {Most} that are followed: the others are named in the log and counted, and are not asked for again.")]
    public static partial void TooMany(ILogger logger, int most);

    [LoggerMessage(10, LogLevel.Warning, "{Count} more breaks were open than the ledger keeps: the log of the process that found them names them, and they are not followed any more.")]
    public static partial void NotKept(ILogger logger, int count);
}
