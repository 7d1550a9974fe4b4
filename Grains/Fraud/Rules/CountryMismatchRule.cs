using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>A card of another country than its bill.</summary>
public sealed class CountryMismatchRule : IFraudRule
{
    private const int Points = 0;
    private const int MinAmount = 1;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.CountryMismatch];

    public string Name => "country_mismatch";

    public string Description => "The card's country (by its BIN) is not the billing country, or without one the merchant's.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 20, 1, 100, "What it adds to the score."),
        new RuleParameter("min_amount", "minor units", 0, 0, 1_000_000_000_000_000, "Lower amounts are never judged."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        if (input.Features[Feature.CountryMismatch] != 1 || input.Features[Feature.Amount] < input.Parameters[MinAmount])
            return null;
        var text = $"A card of {input.Facts.CardCountry ?? "one country"} for a bill in {input.Facts.OtherCountry ?? "another"}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, 1);
    }
}
