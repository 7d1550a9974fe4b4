using System.Text.Json;

namespace Grains.Interfaces.Fraud.Backtest;

/// <summary>
/// Replays in the background of a server, a few at a time, beside its payments. They and their results are in this process's memory
/// alone: a restart forgets them.
/// </summary>
public interface IBacktests
{
    /// <param name="by">Who asks: the label of the key.</param>
    /// <param name="from">Inclusive; null for the beginning.</param>
    /// <param name="to">Exclusive; null for now.</param>
    /// <param name="rules">What is changed of the rules, see <c>docs/fraud-backtest.md</c>; null for nothing.</param>
    BacktestStart Start(string by, DateTimeOffset? from, DateTimeOffset? to, JsonElement? rules);

    /// <summary>Null where there is none of this id, or no more.</summary>
    BacktestState? Find(string id);

    /// <summary>Stops one that runs; one that ended is forgotten.</summary>
    /// <returns>False where there is none of this id.</returns>
    bool Cancel(string id);
}

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
