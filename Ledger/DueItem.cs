namespace Ledger;

/// <summary>Work that is due at a time: handed to its grain at least once. Written, and struck off, in the commit that causes it.</summary>
public sealed record DueItem(long AtMs, string Grain, string Kind, long Id);
