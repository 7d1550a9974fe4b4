using Bench.Engine;

namespace Bench.Http;

/// <summary>The servers of one run, each started when first asked for.</summary>
internal sealed class HttpHosts(EngineHosts engines) : IAsyncDisposable
{
    private HttpHost? product;
    private HttpHost? judging;
    private HttpHost? echo;

    public async Task<HttpHost> Product(CancellationToken cancellationToken) => product ??= await HttpHost.Product(await Engine(cancellationToken));

    /// <summary>The product where every payment's risk is judged, on a ledger of its own.</summary>
    public async Task<HttpHost> Judging(CancellationToken cancellationToken)
    {
        if (judging is not null)
            return judging;
        var engine = await JudgingEngine(cancellationToken);
        engine.Edition.Risk!.Model = BenchModel.Train();
        return judging = await HttpHost.Product(engine);
    }

    public Task<EngineHost> JudgingEngine(CancellationToken cancellationToken) => engines.Get(EngineData.Judged, cancellationToken);

    public async Task<HttpHost> Echo() => echo ??= await HttpHost.Echo();

    /// <summary>The ledger behind the product's server: the one that the engine is measured on, so that both have the same behind them.</summary>
    public Task<EngineHost> Engine(CancellationToken cancellationToken) => engines.Get(EngineData.Uniform, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (product is not null)
            await product.DisposeAsync();
        if (judging is not null)
            await judging.DisposeAsync();
        if (echo is not null)
            await echo.DisposeAsync();
    }
}
