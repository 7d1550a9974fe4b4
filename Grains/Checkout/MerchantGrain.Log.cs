using Microsoft.Extensions.Logging;

namespace Grains.Checkout;

internal static partial class MerchantGrainLog
{
    [LoggerMessage(1, LogLevel.Error, "A merchant's state could not be read again.")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "Attempt {Attempt} has no answer yet; it will be asked for.")]
    public static partial void NoAnswer(ILogger logger, string attempt, Exception exception);

    [LoggerMessage(3, LogLevel.Error, "Merchant {Merchant} cannot be served: an operator has to look at its accounts.")]
    public static partial void ForeignAccount(ILogger logger, string merchant, Exception exception);

    [LoggerMessage(4, LogLevel.Error, "A delivery to endpoint {Endpoint} could not be made; it is made later.")]
    public static partial void DeliveryFailed(ILogger logger, long endpoint, Exception exception);

    [LoggerMessage(5, LogLevel.Error, "The acquirer's dispute {Dispute} is not taken over as it stands, {Fault}: a person has to book it.")]
    public static partial void NotTakenOver(ILogger logger, string dispute, string fault);

    [LoggerMessage(6, LogLevel.Warning, "What became of {Subject} at the acquirer could not be recorded ({Status}); it is asked for again.")]
    public static partial void NotFollowed(ILogger logger, string subject, int status);
}
