namespace Grains.Fraud.Features;

/// <summary>A payer's rejected attempts: the newest 1,024, by time.</summary>
internal sealed class RejectedAttempts
{
    private const int MaxItems = 1_024;

    private readonly TimeOrdered<Attempt> attempts = new();

    public void Add(long id, long timeMs)
    {
        if (attempts.IndexOf(id) >= 0)
            return;
        attempts.Insert(new Attempt(id, timeMs));
        while (attempts.Count > MaxItems || attempts[0].TimeMs <= attempts[attempts.Count - 1].TimeMs - (2 * WindowMs.Day))
            attempts.RemoveAt(0);
    }

    public bool Remove(long id)
    {
        if (attempts.IndexOf(id) is not (>= 0 and var index))
            return false;
        attempts.RemoveAt(index);
        return true;
    }

    public int Within(long lengthMs, long nowMs) => attempts.CountUpTo(nowMs) - attempts.CountUpTo(nowMs - lengthMs);

    private readonly record struct Attempt(long Id, long TimeMs) : ITimed;
}
