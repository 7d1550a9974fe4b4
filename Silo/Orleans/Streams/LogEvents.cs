using Gateway.Events;
using Grains.Interfaces.Events;
using Ledger;
using Ledger.Shards;
using Npgsql;
using EventId = Grains.Interfaces.Events.EventId;

namespace Silo.Cluster.Streams;

/// <summary>Rows of the log as subscribers get them.</summary>
internal sealed class LogEvents(RelayedEvents events)
{
    /// <summary>The event, without data where it cannot be read, and why it cannot.</summary>
    public async ValueTask<(PaymentEvent Event, string? Unreadable)> Read(LogRow row)
    {
        try
        {
            return (Event(row, await events.Read(row)), null);
        }
        // What is the store's passes: it is asked again. What is the row's does not.
        catch (Exception exception) when (exception is not (LedgerStoreException or NpgsqlException or TimeoutException or OperationCanceledException))
        {
            return (Event(row, new RelayedEvent("", "", "")) with { Data = null }, $"It cannot be read: {exception.GetType().Name}: {exception.Message}");
        }
    }

    private static PaymentEvent Event(LogRow row, RelayedEvent relayed) => new()
    {
        Id = EventId.Format(row.Id),
        Shard = ShardNumbers.ShardOf(row.Id),
        Position = row.Position,
        Type = row.Type.Name(),
        Subject = relayed.Subject,
        Version = row.Version,
        ShardKey = relayed.ShardKey,
        OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(row.TimeMs),
        Data = relayed.Data,
    };
}
