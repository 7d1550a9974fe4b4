using System.Diagnostics;

namespace Grains.Fraud.Features;

/// <summary>
/// The card attempts of one merchant, one source address or one card: the newest 4,096 at most, exactly counted. An attempt counts
/// from its beginning; that it was declined is told later. One thread at a time; no clock of its own.
/// </summary>
public sealed class AttemptWindow
{
    public const int MaxAttempts = 4_096;

    /// <summary>Of an attempt, as it is saved. The next release's come behind them.</summary>
    private const int SavedNumbers = 6;

    private readonly long[] lengthsMs;
    private readonly AttemptTotals totals;

    private AttemptWindow(params long[] lengthsMs)
    {
        this.lengthsMs = lengthsMs;
        totals = new AttemptTotals(lengthsMs);
    }

    /// <summary>Attempts kept, at most <see cref="MaxAttempts"/>.</summary>
    public int Count => totals.Items.Count;

    public static AttemptWindow OfMerchant() => new(WindowMs.TenMinutes);

    public static AttemptWindow OfAddress() => new(WindowMs.Hour);

    public static AttemptWindow OfCard() => new(WindowMs.Hour, WindowMs.Day);

    /// <summary>An attempt; one that is known already changes nothing. It may be late: it counts from its own time on.</summary>
    public void Add(in CardAttempt attempt)
    {
        if (totals.Items.IndexOf(attempt.Id) >= 0)
            return;
        totals.Insert(attempt);
        // Twice the longest window, for a clock that goes back.
        while (totals.Items.Count > MaxAttempts || totals.Items[0].TimeMs <= totals.Items[totals.Items.Count - 1].TimeMs - (2 * lengthsMs[^1]))
            totals.RemoveAt(0);
    }

    /// <summary>The attempt was declined by the card's issuer or the acquirer.</summary>
    /// <param name="declined">False takes it back.</param>
    /// <returns>False where the attempt is not there (any more).</returns>
    public bool Decline(long id, bool declined = true)
    {
        if (totals.Items.IndexOf(id) is not (>= 0 and var index))
            return false;
        totals.Replace(index, totals.Items[index] with { Declined = declined });
        return true;
    }

    /// <summary>The attempt counts no more: it never was one.</summary>
    /// <returns>False where it was not there.</returns>
    public bool Remove(long id)
    {
        if (totals.Items.IndexOf(id) is not (>= 0 and var index))
            return false;
        totals.RemoveAt(index);
        return true;
    }

    /// <summary>What (now − length, now] holds, for a length that this window was made with.</summary>
    public AttemptCounts Counts(long lengthMs, long nowMs)
    {
        totals.MoveTo(nowMs);
        return totals.Counts(Window(lengthMs));
    }

    /// <summary>The median amount of the newest 64 declined attempts of the window, rounded down; null without one.</summary>
    public long? MedianDeclined(long lengthMs, long nowMs)
    {
        totals.MoveTo(nowMs);
        var window = Window(lengthMs);
        if (totals.Counts(window).Declined == 0)
            return null;
        Span<long> amounts = stackalloc long[AmountSpread.MaxAmounts];
        var count = 0;
        for (var index = totals.End - 1; index >= totals.First(window) && count < amounts.Length; index--)
            if (totals.Items[index].Declined)
                amounts[count++] = totals.Items[index].Amount;
        amounts[..count].Sort();
        return (amounts[(count - 1) / 2] + amounts[count / 2]) / 2;
    }

    /// <summary>All attempts, as bytes for <see cref="Restore"/>; null where there are none.</summary>
    public byte[]? Save() => SavedItems.Write(Count, SavedNumbers, (index, numbers) =>
    {
        var attempt = totals.Items[index];
        (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]) = (attempt.Id, attempt.TimeMs, attempt.Card, attempt.Other, attempt.Amount, attempt.Declined ? 1 : 0);
    });

    /// <summary>Adds what another window of the kind saved.</summary>
    public void Restore(ReadOnlySpan<byte> saved) => SavedItems.Read(saved, SavedNumbers, (_, numbers) =>
        Add(new CardAttempt(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5] != 0)));

    private int Window(long lengthMs)
    {
        var window = Array.IndexOf(lengthsMs, lengthMs);
        Debug.Assert(window >= 0, "It was made with this length.");
        return window;
    }
}
