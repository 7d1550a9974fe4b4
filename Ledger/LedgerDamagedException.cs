namespace Ledger;

/// <summary>What is stored contradicts itself: nothing more is written, and nothing is overwritten.</summary>
public sealed class LedgerDamagedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The field of the row that is damaged, where one is known.</summary>
    public string? Field { get; init; }
}
