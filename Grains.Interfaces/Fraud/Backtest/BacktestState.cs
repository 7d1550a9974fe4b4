namespace Grains.Interfaces.Fraud.Backtest;

/// <summary>What became of the wish for a replay: it runs; or there are errors, by field; or, without any, too many run already.</summary>
public sealed record BacktestStart(BacktestState? Started, IReadOnlyList<RulesError> Errors);

/// <summary>Why rules are refused.</summary>
/// <param name="Path">The field, such as <c>rules[0].mode</c>.</param>
/// <param name="Message">What is asked of it.</param>
public sealed record RulesError(string Path, string Message);

/// <summary>Where a replay stands.</summary>
public enum BacktestStatus : byte
{
    Running = 1,
    Done = 2,
    Canceled = 3,
    Failed = 4,
}

/// <summary>A replay.</summary>
/// <param name="Id"><c>backtest_…</c></param>
/// <param name="RequestedBy">The label of the key that asked.</param>
/// <param name="RowsDone">How far it is, in rows of the log that it reads; of <paramref name="RowsTotal"/>.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Report">Once it is done.</param>
public sealed record BacktestState(
    string Id, BacktestStatus Status, string RequestedBy, DateTimeOffset RequestedAt, long RowsDone, long RowsTotal, string? Error, BacktestReport? Report);
