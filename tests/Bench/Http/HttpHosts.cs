using Bench.Engine;

namespace Bench.Http;

/// <summary>The servers of one run, each started when first asked for.</summary>
internal sealed class HttpHosts(EngineHosts engines) : IAsyncDisposable
{
    private HttpHost? product;
    private HttpHost? echo;
    private HttpHost? judged;

    public async Task<HttpHost> Product(CancellationToken cancellationToken) => product ??= await HttpHost.Product(await Engine(cancellationToken));

    /// <summary>The product with fraud judged.</summary>
    public async Task<HttpHost> Judged(CancellationToken cancellationToken) => judged ??= await HttpHost.Product(await JudgedEngine(cancellationToken));

    public async Task<HttpHost> Echo() => echo ??= await HttpHost.Echo();

    /// <summary>The ledger behind the product's server: the one that the engine is measured on, so that both have the same behind them.</summary>
    public Task<EngineHost> Engine(CancellationToken cancellationToken) => engines.Get(EngineData.Uniform, cancellationToken);

    public Task<EngineHost> JudgedEngine(CancellationToken cancellationToken) => engines.Get(EngineData.Judged, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (judged is not null)
            await judged.DisposeAsync();
        if (product is not null)
            await product.DisposeAsync();
        if (echo is not null)
            await echo.DisposeAsync();
    }
}
