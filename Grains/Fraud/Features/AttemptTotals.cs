namespace Grains.Fraud.Features;

/// <summary>Card attempts in windows, with how many there were, of how many cards and other parties.</summary>
internal sealed class AttemptTotals(long[] lengthsMs) : MovingWindows<CardAttempt>(lengthsMs, AttemptWindow.MaxAttempts)
{
    private readonly int[] declined = new int[lengthsMs.Length];
    private readonly Tally[] cards = [.. lengthsMs.Select(static _ => new Tally())];
    private readonly Tally[] others = [.. lengthsMs.Select(static _ => new Tally())];

    public AttemptCounts Counts(int window) =>
        new(CountIn(window), declined[window], cards[window].Distinct, cards[window].DistinctDeclined, others[window].Distinct, others[window].DistinctDeclined);

    protected override void Enter(int window, in CardAttempt item)
    {
        declined[window] += item.Declined ? 1 : 0;
        cards[window].Enter(item.Card, item.Declined);
        others[window].Enter(item.Other, item.Declined);
    }

    protected override void Leave(int window, in CardAttempt item)
    {
        declined[window] -= item.Declined ? 1 : 0;
        cards[window].Leave(item.Card, item.Declined);
        others[window].Leave(item.Other, item.Declined);
    }
}
