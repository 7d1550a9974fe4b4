using System.Runtime.CompilerServices;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Features;

/// <summary>The accepted payments of a payer, with totals over a minute to 90 days.</summary>
internal sealed class PayerWindows() : MovingWindows<PaidItem>(LengthsMs, PayerHistory.MaxItems)
{
    private const int Windows = 6;
    private const int DayWindow = 2;
    private const int MonthWindow = 4;
    private const int QuarterWindow = 5;

    private static readonly long[] LengthsMs = [WindowMs.Minute, WindowMs.Hour, WindowMs.Day, WindowMs.Week, WindowMs.Month, WindowMs.Quarter];

    private Sums sums;
    private readonly CounterpartyTally counterparties = new();
    private DeviceTally devices;
    private AmountSpread? spread;
    private int spreadFirst;
    private int spreadEnd;
    private int placed;
    private Int128 monthSquares;
    private long? monthMax;
    private int monthMaxTimes;
    private long nearMajor;
    private int nearCount;
    private long nearSum;

    public void Add(in PaidItem item)
    {
        if (Insert(item) < spreadEnd)
            ForgetSpread();
    }

    public void Remove(int index)
    {
        if (index < spreadFirst)
            (spreadFirst, spreadEnd) = (spreadFirst - 1, spreadEnd - 1);
        else if (index < spreadEnd)
            ForgetSpread();
        RemoveAt(index);
    }

    /// <param name="major">Minor units of one major unit of the attempt's currency.</param>
    public void MoveTo(long nowMs, long major)
    {
        MoveTo(nowMs);
        MoveSpread();
        if (nearMajor == major)
            return;
        (nearMajor, nearCount, nearSum) = (major, 0, 0);
        for (var index = First(DayWindow); index < End; index++)
            CountNear(Items[index].Amount, 1);
    }

    /// <summary>The last item with a place in 90 days; null where there is none.</summary>
    public int? LastPlaced()
    {
        if (placed == 0)
            return null;
        var index = End - 1;
        while (!Items[index].HasPlace)
            index--;
        return index;
    }

    public void Fill(FeatureVector vector, in PayerAttempt attempt, long nowMs)
    {
        for (var window = 0; window < Windows; window++)
        {
            vector[(Feature)((int)Feature.Count1Minute + window)] = CountIn(window);
            vector[(Feature)((int)Feature.Sum1Minute + window)] = sums[window];
        }

        FillMonth(vector, CountIn(MonthWindow));
        vector[Feature.RobustZ90DaysMilli] = spread?.Count >= AmountSpread.Enough ? spread.RobustZMilli(attempt.Amount) : FeatureVector.Missing;
        vector[Feature.DistinctCounterparties24Hours] = counterparties.DistinctDay;
        vector[Feature.DistinctCounterparties30Days] = counterparties.DistinctMonth;
        vector[Feature.ToCounterparty90Days] = counterparties.InQuarter(attempt.Counterparty);
        var first = First(QuarterWindow);
        vector[Feature.SinceLastMs] = first < End ? nowMs - Items[End - 1].TimeMs : FeatureVector.Missing;
        vector[Feature.SinceFirstMs] = first < End ? nowMs - Items[first].TimeMs : FeatureVector.Missing;
        vector[Feature.NearThreshold24Hours] = nearCount;
        vector[Feature.NearThresholdSum24Hours] = nearSum;
        vector[Feature.DeviceIsNew] = attempt.Device == 0 ? FeatureVector.Missing : devices.Holds(attempt.Device) ? 0 : 1;
    }

    private void FillMonth(FeatureVector vector, int count)
    {
        var sum = sums[MonthWindow];
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
        var (max, times) = (0L, 0);
        for (var index = First(MonthWindow); index < End; index++)
        {
            var amount = Items[index].Amount;
            times = amount > max ? 1 : amount == max ? times + 1 : times;
            max = Math.Max(max, amount);
        }

        (monthMax, monthMaxTimes) = (max, times);
        return max;
    }

    private void MoveSpread()
    {
        var first = Math.Max(First(QuarterWindow), End - AmountSpread.MaxAmounts);
        if (End - first < AmountSpread.Enough)
        {
            ForgetSpread();
            return;
        }

        spread ??= new AmountSpread();
        if (first < spreadFirst || first >= spreadEnd || End < spreadEnd)
        {
            ForgetSpread();
            (spreadFirst, spreadEnd) = (first, first);
        }

        while (spreadFirst < first)
            spread.Remove(Items[spreadFirst++].Amount);
        while (spreadEnd < End)
            spread.Add(Items[spreadEnd++].Amount);
    }

    private void ForgetSpread()
    {
        (spreadFirst, spreadEnd) = (0, 0);
        spread?.Clear();
    }

    protected override void Enter(int window, in PaidItem item) => Count(window, item, 1);

    protected override void Leave(int window, in PaidItem item) => Count(window, item, -1);

    protected override void EnterAll(in PaidItem item)
    {
        for (var window = 0; window < Windows; window++)
            sums[window] += item.Amount;
        counterparties.EnterAll(item.Counterparty);
        CountNear(item.Amount, 1);
        CountMonth(item.Amount, 1);
        placed += item.HasPlace ? 1 : 0;
        devices.Count(item.Device, 1);
    }

    /// <param name="by">1 as it enters the window, −1 as it leaves.</param>
    private void Count(int window, in PaidItem item, int by)
    {
        sums[window] += by * item.Amount;
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
                placed += item.HasPlace ? by : 0;
                devices.Count(item.Device, by);
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
        if (amount > max)
            (monthMax, monthMaxTimes) = (amount, 1);
        else if (amount == max)
            monthMaxTimes += by;
        // The last of the largest has left: it is looked for when somebody asks.
        if (monthMaxTimes == 0)
            monthMax = null;
    }

    [InlineArray(Windows)]
    private struct Sums
    {
        private long first;
    }
}
