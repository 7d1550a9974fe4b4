using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>Several payments just under a reporting threshold, as if one were cut into pieces.</summary>
public sealed class StructuringRule : IFraudRule
{
    private const int Points = 0;
    private const int MinPayments = 1;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.NearThreshold24Hours, Feature.NearThresholdSum24Hours];

    public string Name => "structuring";

    public string Description => "Several payments of a day, this one among them, lie just under 10,000 major units.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 50, 1, 100, "What it adds to the score."),
        new RuleParameter("min_payments", "payments", 3, 2, 1_000, "From this many on, this one counted."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (features, limit, currency) = (input.Features, input.Parameters[MinPayments], input.Facts.Currency);
        if (!NearThreshold.Holds(features[Feature.Amount], NearThreshold.Major(currency)) || features[Feature.NearThreshold24Hours] < limit - 1 || !features.Has(Feature.NearThresholdSum24Hours))
            return null;
        var sum = features[Feature.NearThresholdSum24Hours] + features[Feature.Amount];
        var text = $"{Wording.Number(features[Feature.NearThreshold24Hours] + 1)} payments in 24 hours of {Wording.Number(NearThreshold.FirstMajorUnits)} up to under {Wording.Number(NearThreshold.ThresholdMajorUnits)} {currency.Code}, {Wording.Amount(sum, currency)} together, limit {Wording.Number(limit)}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
