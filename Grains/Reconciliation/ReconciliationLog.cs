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

    [LoggerMessage(4, LogLevel.Error, "Reconciliation stopped: nothing is compared until this is mended and the process started anew.")]
    public static partial void Stopped(ILogger logger, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The documents of row {Row} cannot be opened, and were not compared.")]
    public static partial void NotOpened(ILogger logger, long row, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, "The acquirer did not say what it did under {Key}: it is asked again.")]
    public static partial void AskedAgain(ILogger logger, string key, Exception exception);
}
