using Microsoft.Extensions.Logging;

namespace Grains.Fraud.Detectors;

internal static partial class DetectorsLog
{
    [LoggerMessage(1, LogLevel.Warning, "Detectors cannot go on for now, and try again from where they were.")]
    public static partial void TriesAgain(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Detectors stopped: the log is read no further until this is mended and the process started anew.")]
    public static partial void Stopped(ILogger logger, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Alert {Alert} of {Detector}, {Frozen} accounts frozen.")]
    public static partial void Raised(ILogger logger, string alert, string detector, int frozen);
}
