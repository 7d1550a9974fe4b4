namespace Ledger;

/// <summary>The ledger's schema is not one that this release can bring up to date. Nothing was changed.</summary>
public sealed class LedgerSchemaException(string message) : Exception(message);
