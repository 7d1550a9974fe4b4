using Gateway.Health;
using Ledger;
using Ledger.Shards;

namespace Silo.Cluster;

/// <summary>Whether this silo is one of the cluster's.</summary>
internal sealed class SiloCheck(ISiloStatusOracle silos) : IReadinessCheck
{
    public Task<string?> Missing() => Task.FromResult(silos.CurrentStatus == SiloStatus.Active ? null : "this silo's place in the cluster");
}

/// <summary>Whether this gateway reaches any silo.</summary>
internal sealed class ClientCheck : IReadinessCheck
{
    /// <summary>How many silos it is connected to; before anything is known, one: it starts only once it is connected.</summary>
    public int Silos { get; set; } = 1;

    public Task<string?> Missing() => Task.FromResult(Silos > 0 ? null : "a silo to ask");
}

/// <summary>Whether every shard's database answers.</summary>
internal sealed class LedgerCheck(LedgerShards shards) : IReadinessCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    public async Task<string?> Missing()
    {
        try
        {
            await Task.WhenAll(shards.Writers.Select(static writer => Task.Run(async () => await writer.Reader.RowsAfter(long.MaxValue - 1, 1)))).WaitAsync(Patience);
            return null;
        }
        catch (Exception exception) when (exception is LedgerStoreException or TimeoutException)
        {
            return "the ledger's database";
        }
    }
}
