using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>
/// Somebody tries out many cards at a merchant: declined attempts across many cards, from one source address or at the merchant as
/// a whole. The merchant's own customers are let through: those who paid here before, always; from an address that declined nothing,
/// while the declined attempts came from few others; and with an amount unlike those tried out. That the payer paid here before has
/// to be known; all the rest speaks only where it is.
/// </summary>
public sealed class CardTestingRule : IFraudRule
{
    private const int Points = 0;
    private const int MinCards = 1;
    private const int SmallAmount = 2;
    private const int SmallShare = 3;
    private const int HighShare = 4;

    /// <summary>An amount of up to so many times the median of the declined ones is like them.</summary>
    private const int Alike = 2;

    /// <summary>Declined cards an address from which the declined attempts come from few.</summary>
    private const int Few = 2;

    private static readonly Feature[] AddressLooked = [Feature.IpDeclinedCards1Hour, Feature.IpCards1Hour, Feature.CardSucceededHere];

    private static readonly Feature[] MerchantLooked =
    [
        Feature.MerchantDeclinedCards10Minutes, Feature.MerchantCards10Minutes, Feature.Amount, Feature.MerchantDeclinedMedian10Minutes,
        Feature.MerchantDeclinedAddresses10Minutes, Feature.IpDeclinedCards1Hour, Feature.CardSucceededHere,
    ];

    public string Name => "card_testing";

    public string Description => "Declined attempts across many cards of a merchant, of which this payment looks like one more.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 100, 1, 100, "What it adds to the score."),
        new RuleParameter("min_cards", "cards", 5, 2, 4_000, "From this many distinct cards with a declined attempt on."),
        new RuleParameter("small_amount", "minor units", 1_000, 0, 1_000_000_000_000_000, "Up to this amount a payment is like a test."),
        new RuleParameter("small_share", "%", 20, 1, 100, "Share of the merchant's cards that were declined, from which small amounts are stopped."),
        new RuleParameter("high_share", "%", 50, 1, 100, "The same, from which amounts like the declined ones are stopped; and of an address's cards, from which all are."),
    ];

    public RuleMode DefaultMode => RuleMode.Published;

    public RuleFinding? Evaluate(in RuleInput input) =>
        input.Features[Feature.CardSucceededHere] > 0 ? null : FromAddress(input) ?? AtMerchant(input);

    private static RuleFinding? FromAddress(in RuleInput input)
    {
        var features = input.Features;
        var (declined, cards) = (features[Feature.IpDeclinedCards1Hour], features[Feature.IpCards1Hour]);
        if (declined < input.Parameters[MinCards] || !IsShare(declined, cards, input.Parameters[HighShare]))
            return null;
        return Found(input, $"{Wording.Number(declined)} of {Wording.Number(cards)} cards from this address were declined in 1 hour", AddressLooked);
    }

    private static RuleFinding? AtMerchant(in RuleInput input)
    {
        var features = input.Features;
        var (declined, cards) = (features[Feature.MerchantDeclinedCards10Minutes], features[Feature.MerchantCards10Minutes]);
        if (declined < input.Parameters[MinCards] || !LooksTested(input, declined, cards) || IsElsewhere(features, declined))
            return null;
        return Found(input, $"{Wording.Number(declined)} of {Wording.Number(cards)} cards at this merchant were declined in 10 minutes", MerchantLooked);
    }

    private static bool LooksTested(in RuleInput input, long declined, long cards)
    {
        var features = input.Features;
        var parameters = input.Parameters;
        if (!features.Has(Feature.Amount))
            return false;
        var amount = features[Feature.Amount];
        return (amount <= parameters[SmallAmount] && IsShare(declined, cards, parameters[SmallShare]))
            || (features.Has(Feature.MerchantDeclinedMedian10Minutes) && amount <= Alike * features[Feature.MerchantDeclinedMedian10Minutes] && IsShare(declined, cards, parameters[HighShare]));
    }

    /// <summary>Whether this address is known to have declined nothing, while the declined attempts came from few others.</summary>
    private static bool IsElsewhere(FeatureVector features, long declined) =>
        features[Feature.IpDeclinedCards1Hour] == 0
        && features.Has(Feature.MerchantDeclinedAddresses10Minutes)
        && Few * features[Feature.MerchantDeclinedAddresses10Minutes] <= declined;

    private static bool IsShare(long declined, long cards, long percent) => cards > 0 && declined * 100 >= percent * cards;

    private static RuleFinding Found(in RuleInput input, string what, Feature[] looked)
    {
        var limit = input.Parameters[MinCards];
        return new RuleFinding((int)input.Parameters[Points], $"{what}, limit {Wording.Number(limit)}; this card is not known to have paid here before", looked, limit);
    }
}
