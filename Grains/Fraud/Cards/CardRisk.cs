using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;
using Ledger.Sealing;

namespace Grains.Fraud.Cards;

/// <summary>What every merchant grain of a process judges card attempts by.</summary>
/// <param name="entities">Cards over all merchants; null where nobody is asked.</param>
public sealed class CardRisk(RiskDesk desk, MasterKey masterKey, CardEntities? entities = null)
{
    private readonly KeyedHash hash = new(masterKey, "cards, customers and addresses of card payments");

    /// <summary>How long the case of a card payment waits for an analyst.</summary>
    public TimeSpan ReviewFor => desk.Options.ReviewFor;

    public CardEntities? Entities => entities;

    public long OfCard(string fingerprint) => hash.NumberOf("c:" + fingerprint);

    /// <summary>0 for none.</summary>
    public long OfCustomer(string? customer) => customer is null ? 0 : hash.NumberOf("k:" + customer);

    /// <summary>0 for none.</summary>
    public long OfAddress(string? address) => address is null ? 0 : hash.NumberOf("a:" + address);

    public long OfMerchant(string merchant) => hash.NumberOf("m:" + merchant);

    /// <summary>The deciding step of a card attempt: it counts nothing.</summary>
    /// <param name="attempts">The merchant's.</param>
    public RiskDecision Decide(MerchantAttempts attempts, CardPayment payment, CardAround around)
    {
        var features = new FeatureVector();
        attempts.Fill(features, payment.Try, isJudged: !payment.IsTestCard);
        var rules = desk.Rules;
        var facts = Fill(features, payment, around, rules);
        return RiskDecider.Decide(rules, desk.Model, features, facts, payment.Try.TimeMs, around.FellBack);
    }

    /// <summary>Whether rules would stop the attempt, were those declined that are under way now: what becomes of them is worth waiting for.</summary>
    public bool MayStop(MerchantAttempts attempts, CardPayment payment, CardAround around)
    {
        var features = new FeatureVector();
        if (!attempts.FillAsDeclined(features, payment.Try))
            return false;
        var rules = desk.Rules;
        var facts = Fill(features, payment, around, rules);
        return RiskDecider.Decide(rules, null, features, facts, payment.Try.TimeMs).Outcome == RiskOutcome.Decline;
    }

    /// <summary>Whether the decision was made of a published test card, for which the merchant's attempts are no feature.</summary>
    public static bool IsOfTestCard(RiskDecision decision) => decision.Values[(int)Feature.MerchantAttempts10Minutes] == FeatureVector.Missing;

    // All but the merchant's attempts, which are there.
    private RiskFacts Fill(FeatureVector features, CardPayment payment, CardAround around, RuleSet rules)
    {
        var nowMs = payment.Try.TimeMs;
        features[Feature.Amount] = payment.Try.Amount;
        features[Feature.AmountIsRound] = payment.Try.Amount > 0 && payment.Try.Amount % (100 * NearThreshold.Major(payment.Currency)) == 0 ? 1 : 0;
        features[Feature.HourOfDay] = nowMs / WindowMs.Hour % 24;
        around.Fill(features);
        CardFeatures.FillCountries(features, payment.CardCountry, payment.BillingCountry, merchantCountry: null);
        var facts = new RiskFacts { Currency = payment.Currency, CardCountry = payment.CardCountry, OtherCountry = payment.BillingCountry };
        if (rules.IsRollingOut)
            facts = facts with { PayerPlace = PayerPlaces.OfCard(payment.Try.Card) };
        return desk.Lists.Fill(features, payment.Parties, nowMs, facts);
    }
}
