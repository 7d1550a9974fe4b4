using System.ComponentModel.DataAnnotations;

namespace Grains.Reconciliation;

/// <summary>How books are compared while the product runs: configuration section <c>Payments:Reconciliation</c>.</summary>
public sealed class ReconciliationOptions
{
    public const string Section = "Payments:Reconciliation";

    public bool IsEnabled { get; set; } = true;

    /// <summary>Calls of acquirers that are asked for in a second, at most; of more that end, those beyond are passed over and counted.</summary>
    [Range(1, 10_000)]
    public int AsksPerSecond { get; set; } = 100;

    /// <summary>Seconds between two sums over all accounts.</summary>
    [Range(1, 86_400)]
    public int BooksEverySeconds { get; set; } = 3_600;

    /// <summary>Seconds until an acquirer is asked again for what did not agree.</summary>
    [Range(1, 86_400)]
    public int AskAgainSeconds { get; set; } = 60;
}
