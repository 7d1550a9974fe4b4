using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>An account that slept for weeks and then pays several times in a day.</summary>
public sealed class DormantBurstRule : IFraudRule
{
    private const int Points = 0;
    private const int MinPayments = 1;

    private static readonly Feature[] Looked = [Feature.Count24Hours, Feature.Count30Days, Feature.Count90Days];

    public string Name => "dormant_burst";

    public string Description => "A payer that paid before, then nothing for 29 days, then several times in a day.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 40, 1, 100, "What it adds to the score."),
        new RuleParameter("min_payments", "payments", 3, 2, 1_000, "Payments of the 24 hours, this one counted, from which it is a burst."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (features, limit) = (input.Features, input.Parameters[MinPayments]);
        if (!features.Has(Feature.Count30Days) || features[Feature.Count24Hours] < limit - 1)
            return null;
        var slept = features[Feature.Count30Days] == features[Feature.Count24Hours] && features[Feature.Count90Days] > features[Feature.Count30Days];
        if (!slept)
            return null;
        var text = $"{Wording.Number(features[Feature.Count24Hours] + 1)} payments in 24 hours with this one, after none in the 29 days before and {Wording.Number(features[Feature.Count90Days] - features[Feature.Count30Days])} earlier, limit {Wording.Number(limit)}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
