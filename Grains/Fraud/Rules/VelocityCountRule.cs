using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>Many payments of one payer in a short time.</summary>
public sealed class VelocityCountRule : IFraudRule
{
    private const int Points = 0;
    private const int PerMinute = 1;
    private const int PerHour = 2;
    private const int PerDay = 3;

    private static readonly Feature[] Looked = [Feature.Count1Minute, Feature.Count1Hour, Feature.Count24Hours];

    public string Name => "velocity_count";

    public string Description => "The payer makes more payments in a minute, an hour or a day than the limit.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 50, 1, 100, "What it adds to the score."),
        new RuleParameter("per_minute", "payments", 5, 1, 1_000, "Payments in a minute, this one counted, that are not too many yet."),
        new RuleParameter("per_hour", "payments", 30, 1, 1_000, "The same in an hour."),
        new RuleParameter("per_day", "payments", 100, 1, 1_000, "The same in 24 hours."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input) =>
        Found(input, Feature.Count1Minute, PerMinute, "1 minute") ?? Found(input, Feature.Count1Hour, PerHour, "1 hour") ?? Found(input, Feature.Count24Hours, PerDay, "24 hours");

    private static RuleFinding? Found(in RuleInput input, Feature feature, int parameter, string window)
    {
        var limit = input.Parameters[parameter];
        if (input.Features[feature] < limit)
            return null;
        return new RuleFinding((int)input.Parameters[Points], $"{Wording.Number(input.Features[feature] + 1)} payments in {window} with this one, limit {Wording.Number(limit)}", Looked, limit);
    }
}
