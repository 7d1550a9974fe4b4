using System.Diagnostics;

namespace Grains.Fraud.Features;

/// <summary>
/// Items by time, then id, whatever order they came in. Starts empty and grows with use; the oldest leaves without moving the others.
/// Indexes count from the oldest.
/// </summary>
internal sealed class TimeOrdered<T>
    where T : struct, ITimed
{
    private const int FirstCapacity = 4;

    private T[] items = [];
    private int start;

    public int Count { get; private set; }

    public ref readonly T this[int index] => ref items[start + index];

    /// <summary>Puts an item in its place, which it returns.</summary>
    public int Insert(in T item)
    {
        MakeRoom();
        var index = PlaceOf(item);
        Array.Copy(items, start + index, items, start + index + 1, Count - index);
        items[start + index] = item;
        Count++;
        return index;
    }

    public void RemoveAt(int index)
    {
        Debug.Assert(index >= 0 && index < Count, "An item stands there.");
        if (index == 0)
        {
            items[start++] = default;
        }
        else
        {
            Array.Copy(items, start + index + 1, items, start + index, Count - index - 1);
            items[start + Count - 1] = default;
        }

        Count--;
        if (Count == 0)
            start = 0;
    }

    /// <summary>Puts another in the place of one with the same id and time.</summary>
    public void Replace(int index, in T item)
    {
        Debug.Assert(this[index].Id == item.Id && this[index].TimeMs == item.TimeMs, "The order stays.");
        items[start + index] = item;
    }

    /// <summary>−1 where it is not there. The newest are found first.</summary>
    /// <param name="newest">How many of them are looked at.</param>
    public int IndexOf(long id, int newest = int.MaxValue)
    {
        for (var index = Count - 1; index >= Math.Max(0, Count - newest); index--)
            if (this[index].Id == id)
                return index;
        return -1;
    }

    /// <summary>How many have this time or an earlier one.</summary>
    public int CountUpTo(long timeMs)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (this[middle].TimeMs <= timeMs)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static bool IsAfter(in T left, in T right) => left.TimeMs != right.TimeMs ? left.TimeMs > right.TimeMs : left.Id > right.Id;

    private int PlaceOf(in T item)
    {
        var index = Count;
        if (index > 0 && IsAfter(this[index - 1], item))
        {
            index = CountUpTo(item.TimeMs);
            while (index > 0 && IsAfter(this[index - 1], item))
                index--;
        }

        return index;
    }

    private void MakeRoom()
    {
        if (start + Count < items.Length)
            return;
        // A quarter of it free at the front: moving the rest there costs a few copies an item.
        var target = start >= Math.Max(1, items.Length / 4) ? items : new T[Math.Max(FirstCapacity, items.Length + (items.Length / 2))];
        Array.Copy(items, start, target, 0, Count);
        if (target == items)
            Array.Clear(items, Count, items.Length - Count);
        items = target;
        start = 0;
    }
}
