namespace Ledger;

/// <summary>Payments whose outcome is unknown and being asked for.</summary>
/// <param name="OldestSinceMs">When the one that has waited longest became so, in milliseconds since 1970; 0 where there is none.</param>
public sealed record UnresolvedPayments(long Count, long OldestSinceMs);
