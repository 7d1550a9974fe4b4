using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>An account that many others pay in a day and that now pays on: where a mule's money gathers.</summary>
public sealed class FanInRule : IFraudRule
{
    private const int Points = 0;
    private const int MinPayers = 1;
    private const int MinSum = 2;

    private static readonly Feature[] Looked = [Feature.IncomingDistinct24Hours, Feature.IncomingSum24Hours];

    public string Name => "fan_in";

    public string Description => "Many distinct payers credited the payer's account within a day.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 30, 1, 100, "What it adds to the score."),
        new RuleParameter("min_payers", "payers", 5, 2, 1_000, "From this many distinct payers in 24 hours on."),
        new RuleParameter("min_sum", "minor units", 100_000, 0, 1_000_000_000_000_000, "What they paid together at least."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (features, limit) = (input.Features, input.Parameters[MinPayers]);
        if (features[Feature.IncomingDistinct24Hours] < limit || features[Feature.IncomingSum24Hours] < input.Parameters[MinSum])
            return null;
        var text = $"{Wording.Number(features[Feature.IncomingDistinct24Hours])} payers credited this account with {Wording.Amount(features[Feature.IncomingSum24Hours], input.Facts.Currency)} in 24 hours, limit {Wording.Number(limit)}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
