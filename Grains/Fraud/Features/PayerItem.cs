namespace Grains.Fraud.Features;

/// <summary>An accepted payment as its payer's history keeps it: settled, held or on its way.</summary>
/// <param name="Id">The payment's; counted once.</param>
/// <param name="TimeMs">When it was decided, product time.</param>
/// <param name="Amount">Minor units of the history's currency, 0 to 10¹⁵.</param>
/// <param name="Counterparty">A 64-bit keyed hash of whoever is paid.</param>
/// <param name="Place">Where it was made; null where that is not known.</param>
/// <param name="Device">A 64-bit keyed hash; 0 for none.</param>
public readonly record struct PayerItem(long Id, long TimeMs, long Amount, long Counterparty, PlaceMicrodegrees? Place, long Device) : ITimed;
