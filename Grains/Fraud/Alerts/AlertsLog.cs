using Microsoft.Extensions.Logging;

namespace Grains.Fraud.Alerts;

internal static partial class AlertsLog
{
    [LoggerMessage(1, LogLevel.Warning, "A change of an alert was refused ({Refusal}); it is decided anew.")]
    public static partial void DecidedAnew(ILogger logger, Ledger.Refusal refusal);
}
