using Grains.Fraud.Features;

namespace Grains.Fraud.Detectors;

/// <summary>
/// For each key what happened in a window before its newest item: (newest − length, newest]. Bounded: a key keeps its newest items, and
/// beyond so many keys or items in all the half that was silent longest is forgotten.
/// </summary>
internal sealed class KeyedWindows<T>(long lengthMs, int maxOfKey = KeyedWindows<T>.DefaultMaxOfKey, int maxItems = KeyedWindows<T>.DefaultMaxItems)
    where T : struct, ITimed
{
    public const int DefaultMaxOfKey = 256;

    private const int DefaultMaxItems = 100_000;

    private readonly Dictionary<long, TimeOrdered<T>> windows = [];

    /// <summary>Items in all.</summary>
    public int Count { get; private set; }

    /// <summary>Null where nothing is known of the key.</summary>
    public TimeOrdered<T>? Find(long key) => windows.GetValueOrDefault(key);

    /// <summary>Adds an item, unless it is known; what the key has now.</summary>
    public TimeOrdered<T> Add(long key, in T item)
    {
        if (!windows.TryGetValue(key, out var window))
        {
            window = new TimeOrdered<T>();
            windows.Add(key, window);
        }

        if (window.IndexOf(item.Id) >= 0)
            return window;
        window.Insert(item);
        Count++;
        while (window.Count > maxOfKey || window[0].TimeMs <= window[window.Count - 1].TimeMs - lengthMs)
        {
            window.RemoveAt(0);
            Count--;
        }

        if (Count > maxItems)
            ForgetHalf(key);
        return window;
    }

    private void ForgetHalf(long spared)
    {
        var half = windows.Count / 2;
        foreach (var (key, window) in windows.OrderBy(static pair => pair.Value[pair.Value.Count - 1].TimeMs).ThenBy(static pair => pair.Key).Take(half).ToList())
        {
            if (key == spared)
                continue;
            windows.Remove(key);
            Count -= window.Count;
        }
    }
}
