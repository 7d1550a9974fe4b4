namespace Grains.Fraud.Features;

/// <summary>An attempt to pay with a card, or to check one.</summary>
/// <param name="Id">The attempt's own, or a 64-bit hash of it; counted once.</param>
/// <param name="TimeMs">When it began, product time.</param>
/// <param name="Card">A 64-bit keyed hash of the card's fingerprint.</param>
/// <param name="Other">A 64-bit keyed hash of the other party: in a merchant's window the source address (0 for none), in a card's or an address's the merchant.</param>
/// <param name="Amount">Minor units; 0 for a check.</param>
/// <param name="Declined">By the card's issuer or the acquirer. What these rules declined is an attempt, and no declined one: a block must not feed itself.</param>
public readonly record struct CardAttempt(long Id, long TimeMs, long Card, long Other, long Amount, bool Declined) : ITimed;
