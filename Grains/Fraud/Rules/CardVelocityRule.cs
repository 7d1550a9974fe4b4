using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>One card tried often, declined often, or at many merchants.</summary>
public sealed class CardVelocityRule : IFraudRule
{
    private const int Points = 0;
    private const int MaxAttempts = 1;
    private const int MinDeclined = 2;
    private const int MinMerchants = 3;

    private static readonly Feature[] Looked = [Feature.CardAttempts1Hour, Feature.CardDeclined1Hour, Feature.CardMerchants24Hours];

    public string Name => "card_velocity";

    public string Description => "One card is tried or declined often within an hour, or tried at many merchants within a day.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 40, 1, 100, "What it adds to the score."),
        new RuleParameter("max_attempts", "attempts", 10, 1, 4_000, "Attempts in an hour, this one counted, that are not too many yet."),
        new RuleParameter("min_declined", "attempts", 4, 1, 4_000, "From this many declined attempts in an hour on."),
        new RuleParameter("min_merchants", "merchants", 6, 2, 4_000, "From this many merchants in 24 hours on."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var features = input.Features;
        var parameters = input.Parameters;
        if (features[Feature.CardDeclined1Hour] >= parameters[MinDeclined])
            return Found(input, MinDeclined, $"{Wording.Number(features[Feature.CardDeclined1Hour])} declined attempts of this card in 1 hour");
        if (features[Feature.CardAttempts1Hour] >= parameters[MaxAttempts])
            return Found(input, MaxAttempts, $"{Wording.Number(features[Feature.CardAttempts1Hour] + 1)} attempts of this card in 1 hour with this one");
        return features[Feature.CardMerchants24Hours] >= parameters[MinMerchants]
            ? Found(input, MinMerchants, $"This card at {Wording.Number(features[Feature.CardMerchants24Hours])} merchants in 24 hours")
            : null;
    }

    private static RuleFinding Found(in RuleInput input, int parameter, string what)
    {
        var limit = input.Parameters[parameter];
        return new RuleFinding((int)input.Parameters[Points], $"{what}, limit {Wording.Number(limit)}", Looked, limit);
    }
}
