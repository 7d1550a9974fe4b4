using System.Collections.Concurrent;

namespace Silo.Embedded;

/// <summary>
/// Grains of one process that are called in place, one caller at a time: their calls await nothing and last a microsecond, a tenth of what
/// a turn of its own costs. The table is bounded: beyond its capacity the half that was asked for longest ago is forgotten.
/// </summary>
/// <param name="create">Makes the grain of a key; one that lost a race to another is let go of.</param>
internal sealed class InPlaceTable<TKey, TGrain>(int capacity, Func<TKey, TGrain> create)
    where TKey : notnull
    where TGrain : class
{
    private readonly ConcurrentDictionary<TKey, Entry> entries = new();
    private int count;
    private int forgetting;

    public TGrain Get(TKey key)
    {
        if (!entries.TryGetValue(key, out var entry))
            entry = Add(key);
        entry.LastCallMs = Environment.TickCount64;
        return entry.Grain;
    }

    // What is there is counted here: counting a concurrent dictionary takes all its locks.
    private Entry Add(TKey key)
    {
        var made = new Entry(create(key));
        var entry = entries.GetOrAdd(key, made);
        if (ReferenceEquals(entry, made) && Interlocked.Increment(ref count) > capacity)
            Forget();
        return entry;
    }

    private void Forget()
    {
        if (Interlocked.Exchange(ref forgetting, 1) == 1)
            return;
        try
        {
            foreach (var key in entries.OrderBy(static pair => pair.Value.LastCallMs).Take(capacity / 2).Select(static pair => pair.Key).ToList())
            {
                if (entries.TryRemove(key, out _))
                    Interlocked.Decrement(ref count);
            }
        }
        finally
        {
            Volatile.Write(ref forgetting, 0);
        }
    }

    private sealed class Entry(TGrain grain)
    {
        public TGrain Grain => grain;

        public long LastCallMs { get; set; }
    }
}
