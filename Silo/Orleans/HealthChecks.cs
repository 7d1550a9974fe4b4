using System.ComponentModel.DataAnnotations;
using Gateway.Health;
using Grains.Due;
using Ledger;
using Ledger.Shards;
using Silo.Embedded;

namespace Silo.Cluster;

/// <summary>What readiness looks at, beside the cluster itself.</summary>
internal static class HealthChecks
{
    public static void AddHealthChecks(this WebApplicationBuilder builder, EmbeddedEdition edition, ClusterSettings cluster)
    {
        var settings = new HealthSettings();
        builder.Configuration.GetSection(HealthSettings.Section).Bind(settings);
        Validator.ValidateObject(settings, new ValidationContext(settings), validateAllProperties: true);
        builder.Services.AddSingleton<IReadinessCheck>(new LedgerCheck(edition.Shards, new LogLag(edition.Shards.Count, TimeProvider.System), settings));
        if (cluster.IsSilo)
            builder.Services.AddSingleton<IReadinessCheck>(new DueCheck(edition.Sweepers, settings));
    }
}

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

/// <summary>Whether every shard's database answers, and this process knows of what was committed there.</summary>
internal sealed class LedgerCheck(LedgerShards shards, LogLag lag, HealthSettings settings) : IReadinessCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    private readonly TimeSpan limit = TimeSpan.FromMilliseconds(settings.LogLagMs);

    public async Task<string?> Missing()
    {
        try
        {
            var lags = await Task.WhenAll(Enumerable.Range(0, shards.Count).Select(shard => Task.Run(() => Lag(shard)))).WaitAsync(Patience);
            return lags.Max() > limit ? $"what was committed in the last {(long)lags.Max().TotalSeconds} s" : null;
        }
        catch (Exception exception) when (exception is LedgerStoreException or TimeoutException)
        {
            return "the ledger's database";
        }
    }

    private async Task<TimeSpan> Lag(int shard)
    {
        var tail = shards.Writers[shard].Tail;
        var known = tail.Position;
        var beyond = await shards.Writers[shard].Reader.RowsAfter(known, 1);
        return lag.Of(shard, tail.Position, beyond is [var row] ? row.Position : known);
    }
}

/// <summary>Whether what is due in the ledger is still handed over by this silo.</summary>
internal sealed class DueCheck(IReadOnlyList<DueSweeper> sweepers, HealthSettings settings) : IReadinessCheck
{
    private readonly TimeSpan limit = TimeSpan.FromMilliseconds(settings.DueLagMs);

    public Task<string?> Missing() => Task.FromResult(sweepers.Any(sweeper => sweeper.SinceProgress > limit) ? "what is due in the ledger" : null);
}
