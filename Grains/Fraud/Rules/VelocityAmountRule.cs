using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>Several payments of one payer that sum to much in a short time.</summary>
public sealed class VelocityAmountRule : IFraudRule
{
    private const int Points = 0;
    private const int PerHour = 1;
    private const int PerDay = 2;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.Count1Hour, Feature.Sum1Hour, Feature.Count24Hours, Feature.Sum24Hours];

    public string Name => "velocity_amount";

    public string Description => "The payer's payments of an hour or a day sum to more than the limit.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 50, 1, 100, "What it adds to the score."),
        new RuleParameter("per_hour", "minor units", 2_000_000, 1, 1_000_000_000_000_000, "Sum of an hour, this payment counted, that is not too much yet."),
        new RuleParameter("per_day", "minor units", 5_000_000, 1, 1_000_000_000_000_000, "The same in 24 hours."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input) =>
        Found(input, Feature.Count1Hour, Feature.Sum1Hour, PerHour, "1 hour") ?? Found(input, Feature.Count24Hours, Feature.Sum24Hours, PerDay, "24 hours");

    private static RuleFinding? Found(in RuleInput input, Feature count, Feature sum, int parameter, string window)
    {
        var (features, limit) = (input.Features, input.Parameters[parameter]);
        // One large payment alone is no velocity: exceptional_amount looks at it.
        if (features[count] < 1 || !features.Has(sum) || !features.Has(Feature.Amount) || features[sum] + features[Feature.Amount] <= limit)
            return null;
        var currency = input.Facts.Currency;
        var text = $"{Wording.Amount(features[sum] + features[Feature.Amount], currency)} in {Wording.Number(features[count] + 1)} payments in {window} with this one, limit {Wording.Amount(limit, currency)}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
