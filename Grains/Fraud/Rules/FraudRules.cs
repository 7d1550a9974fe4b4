using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

public static class FraudRules
{
    public static RuleSet Default() => new(1, [new ActiveRule(new Stub(), 1, RuleMode.Published, [])], RuleSet.DefaultReviewAt, RuleSet.DefaultDeclineAt);

    private sealed class Stub : IFraudRule
    {
        public string Name => "impossible_travel";
        public string Description => "";
        public IReadOnlyList<RuleParameter> Parameters => [];
        public RuleMode DefaultMode => RuleMode.Published;
        public RuleFinding? Evaluate(in RuleInput input) => input.Features.Has(Feature.TravelMetres) && input.Features[Feature.TravelMetres] > 100_000
            && input.Features[Feature.TravelMetres] * 36 / 10 > 1000 * Math.Max(1, input.Features[Feature.TravelMs])
            ? new RuleFinding(60, $"{input.Facts.TravelFrom} → {input.Facts.TravelTo}", [Feature.TravelMetres], 1000) : null;
    }
}
