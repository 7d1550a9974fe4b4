using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Features;

/// <summary>Writes the features of a card payment from the attempts that were made lately; the attempt that is decided is in none of them.</summary>
public static class CardFeatures
{
    /// <param name="merchant">The merchant's attempts; null where they are not known, as of the others: their features are missing.</param>
    /// <param name="address">The source address's attempts; null too where the payment has no address.</param>
    public static void Fill(FeatureVector vector, AttemptWindow? merchant, AttemptWindow? card, AttemptWindow? address, long nowMs)
    {
        FillMerchant(vector, merchant, nowMs);
        FillCard(vector, card, nowMs);
        var hour = address?.Counts(WindowMs.Hour, nowMs);
        vector[Feature.IpDeclinedCards1Hour] = hour?.DeclinedCards ?? FeatureVector.Missing;
        vector[Feature.IpCards1Hour] = hour?.Cards ?? FeatureVector.Missing;
    }

    /// <summary>The card's country against the billing country, or without one the merchant's: ISO 3166-1 alpha-2, any case; missing where a side is not known.</summary>
    public static void FillCountries(FeatureVector vector, string? cardCountry, string? billingCountry, string? merchantCountry)
    {
        var other = string.IsNullOrEmpty(billingCountry) ? merchantCountry : billingCountry;
        vector[Feature.CountryMismatch] = string.IsNullOrEmpty(cardCountry) || string.IsNullOrEmpty(other) ? FeatureVector.Missing
            : string.Equals(cardCountry, other, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
    }

    private static void FillMerchant(FeatureVector vector, AttemptWindow? merchant, long nowMs)
    {
        var lately = merchant?.Counts(WindowMs.TenMinutes, nowMs);
        vector[Feature.MerchantDeclinedCards10Minutes] = lately?.DeclinedCards ?? FeatureVector.Missing;
        vector[Feature.MerchantDeclined10Minutes] = lately?.Declined ?? FeatureVector.Missing;
        vector[Feature.MerchantAttempts10Minutes] = lately?.Attempts ?? FeatureVector.Missing;
        vector[Feature.MerchantCards10Minutes] = lately?.Cards ?? FeatureVector.Missing;
        vector[Feature.MerchantDeclinedAddresses10Minutes] = lately?.DeclinedOthers ?? FeatureVector.Missing;
        vector[Feature.MerchantDeclinedMedian10Minutes] = merchant?.MedianDeclined(WindowMs.TenMinutes, nowMs) ?? FeatureVector.Missing;
    }

    private static void FillCard(FeatureVector vector, AttemptWindow? card, long nowMs)
    {
        var hour = card?.Counts(WindowMs.Hour, nowMs);
        vector[Feature.CardAttempts1Hour] = hour?.Attempts ?? FeatureVector.Missing;
        vector[Feature.CardDeclined1Hour] = hour?.Declined ?? FeatureVector.Missing;
        vector[Feature.CardMerchants24Hours] = card?.Counts(WindowMs.Day, nowMs).Others ?? FeatureVector.Missing;
    }
}
