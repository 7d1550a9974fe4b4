using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>A round, high amount to whom the payer never paid before.</summary>
public sealed class RoundAmountRule : IFraudRule
{
    private const int Points = 0;
    private const int MinAmount = 1;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.AmountIsRound, Feature.ToCounterparty90Days];

    public string Name => "round_amount";

    public string Description => "A whole multiple of 100 major units to a new counterparty.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 10, 1, 100, "What it adds to the score."),
        new RuleParameter("min_amount", "minor units", 100_000, 1, 1_000_000_000_000_000, "Lower amounts are never judged."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (features, limit) = (input.Features, input.Parameters[MinAmount]);
        if (features[Feature.AmountIsRound] != 1 || features[Feature.ToCounterparty90Days] != 0 || features[Feature.Amount] < limit)
            return null;
        var currency = input.Facts.Currency;
        var text = $"A round {Wording.Amount(features[Feature.Amount], currency)} to a new counterparty, limit {Wording.Amount(limit, currency)}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
