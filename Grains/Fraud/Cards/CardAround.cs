using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Cards;

/// <summary>What a card's own entity said of an attempt.</summary>
/// <param name="Sighting">By which the entity knows the attempt; 0 where nobody was asked.</param>
/// <param name="Answer">Null where nobody was asked, or the answer did not come in time.</param>
public sealed record CardAround(long Sighting, CardAnswer? Answer)
{
    private static readonly Feature[] Asked = [Feature.CardAttempts1Hour, Feature.CardDeclined1Hour, Feature.CardMerchants24Hours, Feature.CardAttempts24Hours, Feature.CardDeclined24Hours];

    public static CardAround None { get; } = new(0, null);

    /// <summary>Features whose answer did not come: the merchant's own counts of the hour stand in their place, and the rest is missing.</summary>
    public IReadOnlyList<Feature> FellBack => Sighting != 0 && Answer is null ? Asked : [];

    /// <summary>Writes what the card did at all merchants over what it did at this one.</summary>
    public void Fill(FeatureVector features)
    {
        if (Answer is not { } answer)
            return;
        features[Feature.CardAttempts1Hour] = answer.Attempts1Hour;
        features[Feature.CardDeclined1Hour] = answer.Declined1Hour;
        features[Feature.CardMerchants24Hours] = answer.Merchants24Hours;
        features[Feature.CardAttempts24Hours] = answer.Attempts24Hours;
        features[Feature.CardDeclined24Hours] = answer.Declined24Hours;
    }
}
