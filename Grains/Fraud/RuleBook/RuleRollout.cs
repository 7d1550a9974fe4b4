using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>
/// On which share of payers a published rule acts. On the others it is evaluated and recorded, as in shadow; the version before it acts
/// on nobody any more.
/// </summary>
internal static class RuleRollout
{
    /// <summary>Percent.</summary>
    public const int All = 100;

    /// <summary>As it is stored: null for all.</summary>
    public static int? Of(RuleCommand command) => command.Rollout is All ? null : command.Rollout;

    /// <summary>Why a share cannot be; null where it can.</summary>
    public static RuleDecided? Refuse(IFraudRule rule, RuleVersion target, RuleCommand command)
    {
        if (command.Action is not (RuleAction.Publish or RuleAction.Rollout))
            return null;
        if (command.Rollout is < 1 or > All)
            return Refused("must be a whole number from 1 to 100 (percent of payers).");
        if (rule is ScoreThresholds && Of(command) is not null)
            return Refused("is for rules that find something: thresholds are the same for all payers.");
        return command.Action == RuleAction.Rollout && target.Mode == RuleMode.Published && target.Rollout == Of(command)
            ? Refused("is the share that it acts on already.")
            : null;
    }

    private static RuleDecided Refused(string why) => new(new RuleBookAnswer(RuleBookOutcome.Refused) { Errors = [new RefusedField("rollout", why)] });
}
