namespace Silo.Embedded;

internal static partial class EmbeddedEditionLog
{
    [LoggerMessage(1, LogLevel.Warning, "The product's clock cannot be read from the ledger for now; it goes on as it is.")]
    public static partial void ClockNotRefreshed(ILogger logger, Exception exception);
}
