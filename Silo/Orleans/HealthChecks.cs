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
        var settings = builder.Configuration.Checked<HealthSettings>(HealthSettings.Section);
        builder.Services.AddSingleton<IReadinessCheck>(new LedgerCheck(new LogLook(edition.Shards, new LogLag(edition.Shards.Count, TimeProvider.System)).Behind, settings, TimeProvider.System));
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

/// <summary>
/// Whether every shard's database answers, and this process knows of what was committed there. One that is slow is not gone: were every
/// process taken out of rotation for it, nothing would be served at all.
/// </summary>
/// <param name="look">How far this process is behind what is in the databases; null where one does not answer. One look is under way at a time.</param>
internal sealed class LedgerCheck(Func<Task<TimeSpan?>> look, HealthSettings settings, TimeProvider time) : IReadinessCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    private readonly TimeSpan limit = TimeSpan.FromMilliseconds(settings.LogLagMs);
    private readonly TimeSpan longestSilence = TimeSpan.FromMilliseconds(settings.DatabaseSilenceMs);
    private readonly Lock gate = new();
    private Task? looking;
    private long? unansweredSince;
    private TimeSpan? behind;

    public async Task<string?> Missing()
    {
        Task current;
        lock (gate)
        {
            if (looking is not { IsCompleted: false })
            {
                unansweredSince ??= time.GetTimestamp();
                looking = Task.Run(Look);
            }

            current = looking;
        }

        // One that takes longer goes on, and later probes wait for it.
        await Task.WhenAny(current, Task.Delay(Patience, time));
        if (current.IsCompleted)
            await current;
        lock (gate)
        {
            if (behind is not { } lag || (unansweredSince is { } since && time.GetElapsedTime(since) >= longestSilence))
                return "the ledger's database";
            return lag > limit ? $"what was committed in the last {(long)lag.TotalSeconds} s" : null;
        }
    }

    private async Task Look()
    {
        if (await look() is not { } lag)
            return;
        lock (gate)
            (behind, unansweredSince) = (lag, null);
    }
}

/// <summary>Looks in every shard's database for what this process does not know of.</summary>
internal sealed class LogLook(LedgerShards shards, LogLag lag)
{
    /// <summary>The longest lag of any shard; null where one's database does not answer.</summary>
    public async Task<TimeSpan?> Behind()
    {
        try
        {
            return (await Task.WhenAll(Enumerable.Range(0, shards.Count).Select(shard => Task.Run(() => Of(shard))))).Max();
        }
        catch (LedgerStoreException)
        {
            return null;
        }
    }

    private async Task<TimeSpan> Of(int shard)
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
