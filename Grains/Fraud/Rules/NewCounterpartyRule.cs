using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>A high amount, by the payer's own measure, to whom the payer never paid before.</summary>
public sealed class NewCounterpartyRule : IFraudRule
{
    private const int Points = 0;
    private const int MinAmount = 1;
    private const int PercentOfAverage = 2;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.ToCounterparty90Days, Feature.Average30Days];

    public string Name => "new_counterparty";

    public string Description => "A first payment to a counterparty, high against the payer's average.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 40, 1, 100, "What it adds to the score."),
        new RuleParameter("min_amount", "minor units", 100_000, 0, 1_000_000_000_000_000, "Lower amounts are never judged."),
        new RuleParameter("percent_of_average", "%", 300, 100, 1_000_000, "From this share of the payer's average of 30 days on it is high."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var features = input.Features;
        if (features[Feature.ToCounterparty90Days] != 0 || features[Feature.Amount] < input.Parameters[MinAmount] || !features.Has(Feature.Average30Days))
            return null;
        var (amount, average, limit) = (features[Feature.Amount], features[Feature.Average30Days], input.Parameters[PercentOfAverage]);
        var percent = (Int128)amount * 100 / Math.Max(1, average);
        if (percent < limit)
            return null;
        var currency = input.Facts.Currency;
        var text = $"First payment to this counterparty in 90 days: {Wording.Amount(amount, currency)}, {Wording.Number((long)percent)} % of the payer's average of {Wording.Amount(average, currency)}, limit {Wording.Number(limit)} %";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
