using System.Text.Json;
using Grains.Interfaces.Fraud.Backtest;

namespace Gateway.Fraud;

/// <summary>
/// Replays in the background of a server, a few at a time, beside its payments. They and their results are in this process's memory
/// alone: a restart forgets them.
/// </summary>
public interface IBacktests
{
    /// <param name="by">Who asks: the label of the key.</param>
    /// <param name="rules">What is changed of the rules, see <c>docs/fraud-backtest.md</c>; null for nothing.</param>
    BacktestStart Start(string by, BacktestRange range, JsonElement? rules);

    /// <summary>Null where there is none of this id, or no more.</summary>
    BacktestState? Find(string id);

    /// <summary>Stops one that runs; one that ended is forgotten.</summary>
    /// <returns>False where there is none of this id.</returns>
    bool Cancel(string id);
}
