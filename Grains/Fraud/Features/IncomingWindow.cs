using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Features;

/// <summary>
/// What one account was credited with: a day's credits, the newest 1,024 at most, exactly counted. One thread at a time; no clock of
/// its own.
/// </summary>
public sealed class IncomingWindow
{
    public const int MaxCredits = 1_024;

    private const int HourWindow = 0;
    private const int DayWindow = 1;

    private readonly Credits credits = new();
    private long highestId = long.MinValue;

    /// <summary>Credits kept, at most <see cref="MaxCredits"/>.</summary>
    public int Count => credits.Items.Count;

    /// <summary>A credit; one that is known already changes nothing. It may be late: it counts from its own time on.</summary>
    /// <param name="id">The payment's.</param>
    /// <param name="amount">Minor units of the account's currency.</param>
    /// <param name="debtor">A 64-bit keyed hash of whoever paid.</param>
    public void Add(long id, long timeMs, long amount, long debtor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        if (id <= highestId && credits.Items.IndexOf(id) >= 0)
            return;
        highestId = Math.Max(highestId, id);
        credits.Insert(new Credit(id, timeMs, amount, debtor));
        while (Count > MaxCredits || credits.Items[0].TimeMs <= credits.Items[Count - 1].TimeMs - (2 * WindowMs.Day))
            credits.RemoveAt(0);
    }

    /// <summary>The credit was returned, or never was: it counts no more.</summary>
    /// <returns>False where it was not there.</returns>
    public bool Remove(long id)
    {
        if (credits.Items.IndexOf(id) is not (>= 0 and var index))
            return false;
        credits.RemoveAt(index);
        return true;
    }

    public void Fill(FeatureVector vector, long nowMs)
    {
        credits.MoveTo(nowMs);
        vector[Feature.Incoming1Hour] = credits.CountIn(HourWindow);
        vector[Feature.Incoming24Hours] = credits.CountIn(DayWindow);
        vector[Feature.IncomingSum24Hours] = credits.Sum;
        vector[Feature.IncomingDistinct24Hours] = credits.Debtors.Distinct;
        vector[Feature.SinceIncomingMs] = credits.CountIn(DayWindow) > 0 ? nowMs - credits.Items[credits.End - 1].TimeMs : FeatureVector.Missing;
    }

    private readonly record struct Credit(long Id, long TimeMs, long Amount, long Debtor) : ITimed;

    private sealed class Credits() : MovingWindows<Credit>(LengthsMs, MaxCredits)
    {
        private static readonly long[] LengthsMs = [WindowMs.Hour, WindowMs.Day];

        public long Sum { get; private set; }

        public Tally Debtors { get; } = new();

        protected override void Enter(int window, in Credit item)
        {
            if (window != DayWindow)
                return;
            Sum += item.Amount;
            Debtors.Enter(item.Debtor, declined: false);
        }

        protected override void Leave(int window, in Credit item)
        {
            if (window != DayWindow)
                return;
            Sum -= item.Amount;
            Debtors.Leave(item.Debtor, declined: false);
        }
    }
}
