using Grains.Interfaces.Values;

namespace Grains.Fraud.Features;

/// <summary>A payment that is about to be decided.</summary>
/// <param name="Amount">Minor units.</param>
/// <param name="Counterparty">A 64-bit keyed hash of whoever is to be paid, as in <see cref="PayerItem"/>.</param>
/// <param name="Place">Null where it is not known.</param>
/// <param name="Device">A 64-bit keyed hash; 0 for none.</param>
public readonly record struct PayerAttempt(long Amount, Currency Currency, long Counterparty, PlaceMicrodegrees? Place, long Device);
