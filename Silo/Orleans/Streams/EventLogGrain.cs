using Ledger.Shards;
using Orleans.Concurrency;

namespace Silo.Cluster.Streams;

/// <summary>The log itself, for subscribers who missed something of the streams. Its alias travels: never change it.</summary>
[Alias("payments.eventlog")]
public interface IEventLogGrain : IGrainWithIntegerKey
{
    /// <summary>The next events of a shard after a position, in order, as the streams have them: a page of them, none at the end.</summary>
    [Alias("After")]
    Task<PaymentEvent[]> After(int shard, long position);

    /// <summary>The position at which each shard's log ends.</summary>
    [Alias("Ends")]
    Task<long[]> Ends();
}

/// <inheritdoc cref="IEventLogGrain"/>
[StatelessWorker, GrainType("eventlog")]
internal sealed class EventLogGrain(LedgerShards shards, LogEvents events) : Grain, IEventLogGrain
{
    private const int PageRows = 500;

    public async Task<PaymentEvent[]> After(int shard, long position)
    {
        var found = new List<PaymentEvent>();
        foreach (var row in await shards.Writers[shard].Reader.RowsAfter(position, PageRows))
            found.Add((await events.Read(row)).Event);
        return [.. found];
    }

    public Task<long[]> Ends()
    {
        var end = shards.End;
        return Task.FromResult(Enumerable.Range(0, shards.Count).Select(shard => end[shard]).ToArray());
    }
}
