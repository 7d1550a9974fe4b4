using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>An amount far above what the payer usually pays, by the robust z-score: the median and the deviations from it, which single large payments do not move.</summary>
public sealed class ExceptionalAmountRule : IFraudRule
{
    private const int Points = 0;
    private const int MinZMilli = 1;
    private const int MinAmount = 2;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.RobustZ90DaysMilli];

    public string Name => "exceptional_amount";

    public string Description => "An amount far above what the payer usually pays.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 40, 1, 100, "What it adds to the score."),
        new RuleParameter("min_z_milli", "thousandths", 6_000, 1_000, 1_000_000, "Robust z-score from which an amount is exceptional."),
        new RuleParameter("min_amount", "minor units", 10_000, 0, 1_000_000_000_000_000, "Lower amounts are never judged."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (features, limit) = (input.Features, input.Parameters[MinZMilli]);
        if (features[Feature.RobustZ90DaysMilli] < limit || features[Feature.Amount] < input.Parameters[MinAmount])
            return null;
        var text = $"{Wording.Amount(features[Feature.Amount], input.Facts.Currency)} lies {Wording.Milli(features[Feature.RobustZ90DaysMilli])} robust deviations above the payer's usual amount, limit {Wording.Milli(limit)}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
