namespace Ledger;

/// <summary>The store failed, as infrastructure does: no entry is to blame.</summary>
public class LedgerStoreException : Exception
{
    public LedgerStoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whether the batch may have committed all the same.</summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>Whether trying again may help (busy, disk full for now, connection lost).</summary>
    public bool IsTransient { get; init; }
}
