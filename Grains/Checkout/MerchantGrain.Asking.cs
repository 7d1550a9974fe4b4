using Grains.Fraud.Cards;

namespace Grains.Checkout;

/// <summary>
/// What a decision on risk waits for before it is made: the card's own entity, and attempts under way that would stop this one were
/// they declined. Whoever waits for those goes on one after the other, in order: each of them may be under way itself then.
/// </summary>
public sealed partial class MerchantGrain
{
    /// <summary>The most attempts that wait for others; whoever comes then is judged by what is known.</summary>
    private const int MaxWaiting = 4_096;

    /// <summary>How long an attempt waits for others in all; then it is judged by what is known.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private readonly LinkedList<TaskCompletionSource> waiting = [];

    private async Task Learn(NotAskedYetException missing, AskedRisk asked)
    {
        if (missing.Asked is { } answer)
        {
            asked.Card = new CardAround(missing.Sighting, await answer);
            return;
        }

        var isFirst = asked.WaitsSince == 0;
        if (isFirst)
            asked.WaitsSince = services.Clock.GetTimestamp();
        var rest = MaxWait - services.Clock.GetElapsedTime(asked.WaitsSince);
        asked.IsDoneWaiting = rest <= TimeSpan.Zero || waiting.Count >= MaxWaiting;
        if (asked.IsDoneWaiting)
            return;
        var woken = NewSignal();
        // Who was woken and has to wait again is the next still.
        var place = isFirst ? waiting.AddLast(woken) : waiting.AddFirst(woken);
        asked.HoldsUp = true;
        try
        {
            await woken.Task.WaitAsync(rest, services.Clock);
        }
        catch (TimeoutException)
        {
            asked.IsDoneWaiting = true;
            if (place.List is not null)
                waiting.Remove(place);
        }
    }

    /// <summary>Whoever had to wait and is decided lets the next one go on.</summary>
    private void LetNextGo(AskedRisk asked)
    {
        if (!asked.HoldsUp)
            return;
        asked.HoldsUp = false;
        WakeNext();
    }

    private void WakeNext()
    {
        if (waiting.First is not { } next)
            return;
        waiting.Remove(next);
        next.Value.SetResult();
    }
}
