namespace Ledger.Archive;

/// <summary>What was asked for was archived and is no longer in the ledger.</summary>
public sealed class LedgerPrunedException(string message) : Exception(message);
