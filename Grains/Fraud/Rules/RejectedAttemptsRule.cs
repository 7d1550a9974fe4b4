using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>A payer whose payments are rejected again and again: somebody feels for a limit or a balance.</summary>
public sealed class RejectedAttemptsRule : IFraudRule
{
    private const int Points = 0;
    private const int PerHour = 1;
    private const int PerDay = 2;

    private static readonly Feature[] Looked = [Feature.Rejected1Hour, Feature.Rejected24Hours];

    public string Name => "rejected_attempts";

    public string Description => "Many rejected attempts of the payer within an hour or a day.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 30, 1, 100, "What it adds to the score."),
        new RuleParameter("per_hour", "attempts", 5, 1, 1_000, "From this many rejected attempts in an hour on."),
        new RuleParameter("per_day", "attempts", 15, 1, 1_000, "The same in 24 hours."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input) =>
        Found(input, Feature.Rejected1Hour, PerHour, "1 hour") ?? Found(input, Feature.Rejected24Hours, PerDay, "24 hours");

    private static RuleFinding? Found(in RuleInput input, Feature feature, int parameter, string window)
    {
        var limit = input.Parameters[parameter];
        return input.Features[feature] < limit ? null
            : new RuleFinding((int)input.Parameters[Points], $"{Wording.Number(input.Features[feature])} rejected attempts of the payer in {window}, limit {Wording.Number(limit)}", Looked, limit);
    }
}
