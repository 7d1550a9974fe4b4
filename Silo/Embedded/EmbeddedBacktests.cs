using System.Text.Json;
using Gateway.Fraud;
using Grains.Fraud.Backtest;
using Grains.Interfaces.Fraud.Backtest;

namespace Silo.Embedded;

/// <summary>Replays of this process's ledger, as the gateway asks for them.</summary>
internal sealed class EmbeddedBacktests(EmbeddedEdition edition) : IBacktests, IAsyncDisposable
{
    private readonly Backtests backtests = new(edition.Shards, edition.MasterKey, edition.Risk, edition.Rules.Book.At, TimeProvider.System);

    public BacktestStart Start(string by, BacktestRange range, JsonElement? rules) => backtests.Start(by, range, rules);

    public BacktestState? Find(string id) => backtests.Find(id);

    public bool Cancel(string id) => backtests.Cancel(id);

    public ValueTask DisposeAsync() => backtests.DisposeAsync();
}
