using System.Collections.Concurrent;
using Ledger.Shards;

namespace Ledger;

/// <summary>Who reads the event log in this process, and how far: what the lag of a kind of consumer is told from.</summary>
public sealed class EventConsumers
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<EventConsumer, bool>> byName = new(StringComparer.Ordinal);

    /// <summary>Makes a kind of consumer known, though none may be reading.</summary>
    public void Expect(string name) => Named(name);

    /// <summary>A consumer of this kind that begins to read after a cursor; until it is disposed of, it counts.</summary>
    public EventConsumer Begin(string name, LogCursor position)
    {
        var readers = Named(name);
        var consumer = new EventConsumer(position, ended => readers.TryRemove(ended, out _));
        readers.TryAdd(consumer, true);
        return consumer;
    }

    /// <summary>Of each kind the place of the one that is furthest behind, shard by shard; null where none reads.</summary>
    public IEnumerable<(string Name, LogCursor? Position)> FurthestBehind() =>
        byName.OrderBy(static kind => kind.Key, StringComparer.Ordinal).Select(static kind => (kind.Key, Earliest(kind.Value.Keys)));

    private static LogCursor? Earliest(IEnumerable<EventConsumer> consumers) =>
        consumers.Aggregate((LogCursor?)null, static (earliest, consumer) => earliest?.Earlier(consumer.Position) ?? consumer.Position);

    private ConcurrentDictionary<EventConsumer, bool> Named(string name) => byName.GetOrAdd(name, static _ => new());
}

/// <summary>One reader of the event log.</summary>
public sealed class EventConsumer : IDisposable
{
    private readonly Action<EventConsumer> ended;
    private volatile LogCursor[] position;

    internal EventConsumer(LogCursor position, Action<EventConsumer> ended) => (this.position, this.ended) = ([position], ended);

    /// <summary>Up to where it is done.</summary>
    public LogCursor Position
    {
        get => position[0];
        set => position = [value];
    }

    public void Dispose() => ended(this);
}
