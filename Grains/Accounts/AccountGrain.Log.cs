using Microsoft.Extensions.Logging;

namespace Grains.Accounts;

internal static partial class AccountGrainLog
{
    [LoggerMessage(1, LogLevel.Error, "{Entries} refused entries of an account could not be decided again; nothing of them is recorded.")]
    public static partial void ReplayFailed(ILogger logger, int entries, Exception exception);
}
