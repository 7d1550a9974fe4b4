namespace Grains.Interfaces.Fraud;

/// <summary>
/// A card over all merchants: its key is a keyed hash of its fingerprint. It counts in memory, bounded, from when its grain woke: where it
/// is moved it goes on, after a restart it begins anew.
/// </summary>
public interface ICardEntityGrain
{
    /// <summary>Notes an attempt and answers what was before it, in one turn. The same attempt again changes nothing.</summary>
    Task<CardAnswer> See(CardSighting sighting);

    /// <summary>The card's issuer or the acquirer declined the attempt; one that is not known is noted as declined.</summary>
    /// <returns>Whether it was known.</returns>
    Task<bool> Decline(CardSighting sighting);
}

/// <summary>An attempt to pay with a card, or to check it.</summary>
/// <param name="Attempt">By which it is the same attempt when it comes again.</param>
/// <param name="Merchant">A keyed hash.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="TimeMs">Product time in milliseconds since 1970.</param>
public sealed record CardSighting(long Attempt, long Merchant, long Amount, long TimeMs);

/// <summary>What a card did at all merchants, the attempt that asks not counted.</summary>
public sealed record CardAnswer(int Attempts1Hour, int Declined1Hour, int Attempts24Hours, int Declined24Hours, int Merchants24Hours);
