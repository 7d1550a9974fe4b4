using Microsoft.Extensions.Logging;

namespace Grains.Fraud.RuleBook;

internal static partial class RuleBookLog
{
    [LoggerMessage(1, LogLevel.Error, "Rule set {Version} has the rule '{Rule}', which this release does not know: it is not evaluated here.")]
    public static partial void UnknownRule(ILogger logger, int version, string rule);

    [LoggerMessage(2, LogLevel.Warning, "A change of the rule book was refused ({Refusal}); it is decided anew.")]
    public static partial void DecidedAnew(ILogger logger, Ledger.Refusal refusal);

    [LoggerMessage(3, LogLevel.Error, "The fraud model {Version} is in force and cannot be read: this process begins without a model, and rules alone decide. Bring it again, put another in force, or take it away (DELETE /fraud/model).")]
    public static partial void NoModel(ILogger logger, Exception exception, string? version);
}
