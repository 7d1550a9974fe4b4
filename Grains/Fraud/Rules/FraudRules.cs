namespace Grains.Fraud.Rules;

/// <summary>Every rule of the product; a new one is registered here and touches nothing else.</summary>
public static class FraudRules
{
    /// <summary>By name.</summary>
    public static IReadOnlyList<IFraudRule> All { get; } =
    [
        new AllowListRule(),
        new BlockListRule(),
        new CardTestingRule(),
        new CardVelocityRule(),
        new CountryMismatchRule(),
        new DormantBurstRule(),
        new ExceptionalAmountRule(),
        new FanInRule(),
        new ImpossibleTravelRule(),
        new NewCounterpartyRule(),
        new NewDeviceRule(),
        new PassThroughRule(),
        new RejectedAttemptsRule(),
        new RoundAmountRule(),
        new SharedAddressRule(),
        new SharedDeviceRule(),
        new StructuringRule(),
        new VelocityAmountRule(),
        new VelocityCountRule(),
        new WatchListRule(),
    ];

    /// <summary>As the product is delivered: version 1, every rule in its own mode with its own parameters.</summary>
    public static RuleSet Default() =>
        new(1, [.. All.Select(static rule => new ActiveRule(rule, 1, rule.DefaultMode, Defaults(rule)))], RuleSet.DefaultReviewAt, RuleSet.DefaultDeclineAt);

    /// <summary>A rule's parameters as delivered.</summary>
    public static long[] Defaults(IFraudRule rule) => [.. rule.Parameters.Select(static parameter => parameter.Default)];
}
