using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Grains.Fraud.Features;

/// <summary>
/// Items in order of time with a window for each of some lengths, all of which end at the last <see cref="MoveTo"/>. Totals change as
/// items enter and leave, so that moving on costs as many steps as items do so, whatever the length. Whoever derives keeps the totals.
/// </summary>
/// <param name="lengthsMs">Six at most, of each window: (now − length, now].</param>
/// <param name="most">Items that a window holds at most, the newest.</param>
internal abstract class MovingWindows<T>(long[] lengthsMs, int most)
    where T : struct, ITimed
{
    private const int MostWindows = 6;

    // Beside the rest of it: thousands of payers take turns, and whatever lies elsewhere has left the processor's cache meanwhile.
    private Firsts first;

    public TimeOrdered<T> Items { get; } = new();

    /// <summary>Of all windows: the index behind their last item.</summary>
    public int End { get; private set; }

    public int First(int window) => first[window];

    public int CountIn(int window) => End - first[window];

    /// <summary>Puts an item in its place, which it returns. One that the windows' end has passed is late, and enters those that it belongs to.</summary>
    public int Insert(in T item)
    {
        var index = Items.Insert(item);
        if (index >= End)
            return index;
        End++;
        for (var window = 0; window < lengthsMs.Length; window++)
        {
            // Before the window: the next move looks whether it reaches so far.
            if (index <= first[window])
                first[window]++;
            else
                Enter(window, item);
        }

        return index;
    }

    public void RemoveAt(int index)
    {
        if (index < End)
        {
            for (var window = 0; window < lengthsMs.Length; window++)
            {
                if (index < first[window])
                    first[window]--;
                else
                    Leave(window, Items[index]);
            }

            End--;
        }

        Items.RemoveAt(index);
    }

    /// <summary>Puts another in the place of one with the same id and time.</summary>
    public void Replace(int index, in T item)
    {
        for (var window = 0; window < lengthsMs.Length; window++)
        {
            if (index < first[window] || index >= End)
                continue;
            Leave(window, Items[index]);
            Enter(window, item);
        }

        Items.Replace(index, item);
    }

    public void MoveTo(long nowMs)
    {
        MoveEnd(nowMs);
        for (var window = 0; window < lengthsMs.Length; window++)
        {
            var beforeMs = nowMs - lengthsMs[window];
            while (first[window] < End && (Items[first[window]].TimeMs <= beforeMs || CountIn(window) > most))
                Leave(window, Items[first[window]++]);
            // Newer ones were removed, or the clock went back.
            while (first[window] > 0 && Items[first[window] - 1].TimeMs > beforeMs && CountIn(window) < most)
                Enter(window, Items[--first[window]]);
            Debug.Assert(CountIn(window) >= 0 && CountIn(window) <= most, "A window holds no more than it may.");
        }
    }

    protected abstract void Enter(int window, in T item);

    protected abstract void Leave(int window, in T item);

    /// <summary>The newest item, which enters every window at once.</summary>
    protected virtual void EnterAll(in T item)
    {
        for (var window = 0; window < lengthsMs.Length; window++)
            Enter(window, item);
    }

    private void MoveEnd(long nowMs)
    {
        while (End < Items.Count && Items[End].TimeMs <= nowMs)
        {
            EnterAll(Items[End]);
            End++;
        }

        // A clock that went back: what is after it does not count yet.
        while (End > 0 && Items[End - 1].TimeMs > nowMs)
        {
            End--;
            for (var window = 0; window < lengthsMs.Length; window++)
            {
                if (first[window] > End)
                    first[window] = End;
                else
                    Leave(window, Items[End]);
            }
        }
    }

    [InlineArray(MostWindows)]
    private struct Firsts
    {
        private int first;
    }
}
