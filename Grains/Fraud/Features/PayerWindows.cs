using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Features;

/// <summary>
/// The items of a payer with a window for each length, all of which end at the last <see cref="MoveTo"/>. A window keeps its totals as
/// items enter and leave it, so that moving on costs as many steps as items do so, whatever the length.
/// </summary>
internal sealed class PayerWindows
{
    private const int DayWindow = 2;
    private const int MonthWindow = 4;
    private const int QuarterWindow = 5;

    private static readonly long[] Lengths = [WindowMs.Minute, WindowMs.Hour, WindowMs.Day, WindowMs.Week, WindowMs.Month, WindowMs.Quarter];

    private readonly Window[] windows = new Window[Lengths.Length];
    private readonly CounterpartyTally counterparties = new();
    private Dictionary<long, int>? devices;
    private AmountSpread? spread;
    private int spreadFirst;
    private int spreadEnd;
    private int end;
    private int placed;
    private Int128 monthSquares;
    private long? monthMax;
    private long nearMajor;
    private int nearCount;
    private long nearSum;

    public TimeOrdered<PayerItem> Items { get; } = new();

    public void Insert(in PayerItem item)
    {
        var index = Items.Insert(item);
        if (index >= end)
            return;
        if (index < spreadEnd)
            ForgetSpread();
        // The window's end has passed it: it is late.
        end++;
        for (var window = 0; window < windows.Length; window++)
        {
            if (index <= windows[window].First)
                windows[window].First++;
            else
                Count(window, item, 1);
        }
    }

    public void RemoveAt(int index)
    {
        if (index < end)
        {
            for (var window = 0; window < windows.Length; window++)
            {
                if (index < windows[window].First)
                    windows[window].First--;
                else
                    Count(window, Items[index], -1);
            }

            end--;
        }

        if (index < spreadFirst)
            (spreadFirst, spreadEnd) = (spreadFirst - 1, spreadEnd - 1);
        else if (index < spreadEnd)
            ForgetSpread();
        Items.RemoveAt(index);
    }

    /// <param name="major">Minor units of one major unit of the attempt's currency.</param>
    public void MoveTo(long nowMs, long major)
    {
        MoveEnd(nowMs);
        for (var window = 0; window < windows.Length; window++)
            MoveFirst(window, nowMs - Lengths[window]);
        MoveSpread();
        if (nearMajor == major)
            return;
        (nearMajor, nearCount, nearSum) = (major, 0, 0);
        for (var index = windows[DayWindow].First; index < end; index++)
            CountNear(Items[index].Amount, 1);
    }

    /// <summary>The last item with a place in 90 days; null where there is none.</summary>
    public int? LastPlaced()
    {
        if (placed == 0)
            return null;
        var index = end - 1;
        while (Items[index].Place is null)
            index--;
        return index;
    }

    public void Fill(FeatureVector vector, in PayerAttempt attempt, long nowMs)
    {
        for (var window = 0; window < windows.Length; window++)
        {
            vector[(Feature)((int)Feature.Count1Minute + window)] = end - windows[window].First;
            vector[(Feature)((int)Feature.Sum1Minute + window)] = windows[window].Sum;
        }

        FillMonth(vector, end - windows[MonthWindow].First);
        vector[Feature.RobustZ90DaysMilli] = spread?.Count >= AmountSpread.Enough ? spread.RobustZMilli(attempt.Amount) : FeatureVector.Missing;
        vector[Feature.DistinctCounterparties24Hours] = counterparties.DistinctDay;
        vector[Feature.DistinctCounterparties30Days] = counterparties.DistinctMonth;
        vector[Feature.ToCounterparty90Days] = counterparties.InQuarter(attempt.Counterparty);
        var first = windows[QuarterWindow].First;
        vector[Feature.SinceLastMs] = first < end ? nowMs - Items[end - 1].TimeMs : FeatureVector.Missing;
        vector[Feature.SinceFirstMs] = first < end ? nowMs - Items[first].TimeMs : FeatureVector.Missing;
        vector[Feature.NearThreshold24Hours] = nearCount;
        vector[Feature.NearThresholdSum24Hours] = nearSum;
        vector[Feature.DeviceIsNew] = attempt.Device == 0 ? FeatureVector.Missing : devices?.ContainsKey(attempt.Device) == true ? 0 : 1;
    }

    private void FillMonth(FeatureVector vector, int count)
    {
        var sum = windows[MonthWindow].Sum;
        vector[Feature.Average30Days] = count > 0 ? sum / count : FeatureVector.Missing;
        vector[Feature.Max30Days] = count > 0 ? MonthMax() : FeatureVector.Missing;
        vector[Feature.Deviation30Days] = count > 1
            ? WholeRoot.Of(((count * monthSquares) - ((Int128)sum * sum)) / ((long)count * count))
            : FeatureVector.Missing;
    }

    private long MonthMax()
    {
        if (monthMax is { } known)
            return known;
        var max = 0L;
        for (var index = windows[MonthWindow].First; index < end; index++)
            max = Math.Max(max, Items[index].Amount);
        monthMax = max;
        return max;
    }

    private void MoveEnd(long nowMs)
    {
        while (end < Items.Count && Items[end].TimeMs <= nowMs)
        {
            for (var window = 0; window < windows.Length; window++)
                Count(window, Items[end], 1);
            end++;
        }

        // A clock that went back: what is after it does not count yet.
        while (end > 0 && Items[end - 1].TimeMs > nowMs)
        {
            end--;
            for (var window = 0; window < windows.Length; window++)
            {
                if (windows[window].First > end)
                    windows[window].First = end;
                else
                    Count(window, Items[end], -1);
            }
        }
    }

    private void MoveFirst(int window, long beforeMs)
    {
        ref var moved = ref windows[window];
        while (moved.First < end && (Items[moved.First].TimeMs <= beforeMs || end - moved.First > PayerHistory.MaxItems))
            Count(window, Items[moved.First++], -1);
        while (moved.First > 0 && Items[moved.First - 1].TimeMs > beforeMs && end - moved.First < PayerHistory.MaxItems)
            Count(window, Items[--moved.First], 1);
    }

    private void MoveSpread()
    {
        var first = Math.Max(windows[QuarterWindow].First, end - AmountSpread.MaxAmounts);
        if (end - first < AmountSpread.Enough)
        {
            ForgetSpread();
            return;
        }

        spread ??= new AmountSpread();
        if (first < spreadFirst || first >= spreadEnd || end < spreadEnd)
        {
            ForgetSpread();
            (spreadFirst, spreadEnd) = (first, first);
        }

        while (spreadFirst < first)
            spread.Remove(Items[spreadFirst++].Amount);
        while (spreadEnd < end)
            spread.Add(Items[spreadEnd++].Amount);
    }

    private void ForgetSpread()
    {
        (spreadFirst, spreadEnd) = (0, 0);
        spread?.Clear();
    }

    /// <param name="by">1 as it enters the window, −1 as it leaves.</param>
    private void Count(int window, in PayerItem item, int by)
    {
        windows[window].Sum += by * item.Amount;
        switch (window)
        {
            case DayWindow:
                counterparties.Day(item.Counterparty, by);
                CountNear(item.Amount, by);
                break;
            case MonthWindow:
                counterparties.Month(item.Counterparty, by);
                CountMonth(item.Amount, by);
                break;
            case QuarterWindow:
                counterparties.Quarter(item.Counterparty, by);
                placed += item.Place is null ? 0 : by;
                CountDevice(item.Device, by);
                break;
        }
    }

    private void CountNear(long amount, int by)
    {
        if (!NearThreshold.Holds(amount, nearMajor))
            return;
        nearCount += by;
        nearSum += by * amount;
    }

    private void CountMonth(long amount, int by)
    {
        monthSquares += by * ((Int128)amount * amount);
        if (monthMax is not { } max)
            return;
        if (by > 0)
            monthMax = Math.Max(max, amount);
        else if (amount == max)
            monthMax = null;
    }

    private void CountDevice(long device, int by)
    {
        if (device == 0)
            return;
        devices ??= [];
        var count = devices.GetValueOrDefault(device) + by;
        if (count == 0)
            devices.Remove(device);
        else
            devices[device] = count;
    }

    private struct Window
    {
        public int First;
        public long Sum;
    }
}
