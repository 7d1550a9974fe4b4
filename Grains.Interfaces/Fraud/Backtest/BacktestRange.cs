namespace Grains.Interfaces.Fraud.Backtest;

/// <summary>Which of the recorded decisions are made again; what is null leaves nothing out.</summary>
/// <param name="From">Inclusive, by the time of the payment.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Newest">
/// Only these newest rows of each shard's log, 1 or more: a sample whose cost does not grow with the history. A payment is one row, and so
/// is what becomes of it and of its case.
/// </param>
public sealed record BacktestRange(DateTimeOffset? From = null, DateTimeOffset? To = null, long? Newest = null)
{
    public static BacktestRange Everything { get; } = new();
}
