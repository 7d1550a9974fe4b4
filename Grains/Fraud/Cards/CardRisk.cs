using System.Text;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;
using Ledger.Sealing;

namespace Grains.Fraud.Cards;

/// <summary>What every merchant grain of a process judges card attempts by.</summary>
public sealed class CardRisk(RiskDesk desk, MasterKey masterKey)
{
    private readonly KeyedHash hash = new(masterKey, "cards, customers and addresses of card payments");

    public long OfCard(string fingerprint) => Of("c:" + fingerprint);

    /// <summary>0 for none.</summary>
    public long OfCustomer(string? customer) => customer is null ? 0 : Of("k:" + customer);

    /// <summary>0 for none.</summary>
    public long OfAddress(string? address) => address is null ? 0 : Of("a:" + address);

    /// <summary>The deciding step of a card attempt: it counts nothing.</summary>
    /// <param name="attempts">The merchant's.</param>
    public RiskDecision Decide(MerchantAttempts attempts, CardPayment payment)
    {
        var features = new FeatureVector();
        var nowMs = payment.Try.TimeMs;
        features[Feature.Amount] = payment.Try.Amount;
        features[Feature.AmountIsRound] = payment.Try.Amount > 0 && payment.Try.Amount % (100 * NearThreshold.Major(payment.Currency)) == 0 ? 1 : 0;
        features[Feature.HourOfDay] = nowMs / WindowMs.Hour % 24;
        attempts.Fill(features, payment.Try, isJudged: !payment.IsTestCard);
        CardFeatures.FillCountries(features, payment.CardCountry, payment.BillingCountry, merchantCountry: null);
        var facts = new RiskFacts { Currency = payment.Currency, CardCountry = payment.CardCountry, OtherCountry = payment.BillingCountry };
        var rules = desk.Rules;
        if (rules.IsRollingOut)
            facts = facts with { PayerPlace = PayerPlaces.OfCard(payment.Try.Card) };
        return RiskDecider.Decide(rules, desk.Model, features, facts, nowMs);
    }

    /// <summary>Whether the decision was made of a published test card, for which the merchant's attempts are no feature.</summary>
    public static bool IsOfTestCard(RiskDecision decision) => decision.Values[(int)Feature.MerchantAttempts10Minutes] == FeatureVector.Missing;

    // 0 stands for none.
    private long Of(string text) => unchecked((long)(ulong)(hash.Of(Encoding.UTF8.GetBytes(text)) >> 64)) is var value and not 0 ? value : 1;
}
