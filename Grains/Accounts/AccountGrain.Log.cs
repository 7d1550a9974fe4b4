using Microsoft.Extensions.Logging;

namespace Grains.Accounts;

internal static partial class AccountGrainLog
{
    [LoggerMessage(1, LogLevel.Error, "{Entries} refused entries of an account could not be decided again; nothing of them is recorded.")]
    public static partial void ReplayFailed(ILogger logger, int entries, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Payment {Payment} does not get on to another shard for now; it is tried again.")]
    public static partial void TransferStuck(ILogger logger, long payment, Exception exception);
}
