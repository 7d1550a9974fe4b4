using Grains.Interfaces.Accounts;

namespace Grains.Accounts;

/// <summary>One window of one account: a ring of 60 sub-buckets of count and amount.</summary>
public sealed class VelocityWindow(string name, long lengthMs, WindowLimit limit)
{
    public const int SubBuckets = 60;

    private readonly long subBucketMs = lengthMs / SubBuckets;
    private readonly long[] counts = new long[SubBuckets];
    private readonly long[] amounts = new long[SubBuckets];
    private long newest = -1;
    private long count;
    private long amount;

    /// <summary>As the API names it: <c>perMinute</c>, <c>perHour</c>, <c>perDay</c>.</summary>
    public string Name => name;

    public WindowLimit Limit => limit;

    /// <summary>Counts a payment; one that is older than the window changes nothing.</summary>
    public void Add(long timeMs, long paid)
    {
        var bucket = timeMs / subBucketMs;
        Advance(bucket);
        if (bucket <= newest - SubBuckets)
            return;
        counts[bucket % SubBuckets]++;
        amounts[bucket % SubBuckets] += paid;
        count++;
        amount += paid;
    }

    /// <summary>Counts a payment no more that was counted and came to nothing.</summary>
    public void GiveBack(long timeMs, long paid)
    {
        var bucket = timeMs / subBucketMs;
        if (bucket <= newest - SubBuckets)
            return;
        counts[bucket % SubBuckets]--;
        amounts[bucket % SubBuckets] -= paid;
        count--;
        amount -= paid;
    }

    public bool IsExceeded(long nowMs, long paid)
    {
        Advance(nowMs / subBucketMs);
        return (limit.Count is { } most && count >= most) || (limit.Amount is { } highest && paid > highest - amount);
    }

    public WindowUse Use(long nowMs)
    {
        Advance(nowMs / subBucketMs);
        for (var bucket = Math.Max(0, newest - SubBuckets + 1); bucket <= newest; bucket++)
            if (counts[bucket % SubBuckets] > 0)
                return new WindowUse(count, amount, DateTimeOffset.FromUnixTimeMilliseconds(Leaves(bucket)));
        return new WindowUse(0, 0, null);
    }

    /// <summary>When enough has left the window for this payment to fit; null where it never will.</summary>
    public DateTimeOffset? FitsAt(long nowMs, long paid)
    {
        Advance(nowMs / subBucketMs);
        var (countLeft, amountLeft) = (count, amount);
        for (var bucket = Math.Max(0, newest - SubBuckets + 1); bucket <= newest; bucket++)
        {
            countLeft -= counts[bucket % SubBuckets];
            amountLeft -= amounts[bucket % SubBuckets];
            if ((limit.Count is not { } most || countLeft < most) && (limit.Amount is not { } highest || paid <= highest - amountLeft))
                return DateTimeOffset.FromUnixTimeMilliseconds(Leaves(bucket));
        }

        return null;
    }

    /// <summary>What is used, in the words of a rejection: count or amount, whichever is overrun.</summary>
    public (bool ByCount, long Used, long Most) Overrun(long paid) =>
        limit.Count is { } most && count >= most ? (true, count, most)
        : limit.Amount is { } highest && paid > highest - amount ? (false, amount, highest)
        : throw new InvalidOperationException("The window has room.");

    private long Leaves(long bucket) => (bucket + SubBuckets) * subBucketMs;

    // Time never goes back: a clock that does is held at the newest sub-bucket.
    private void Advance(long bucket)
    {
        if (bucket <= newest)
            return;
        var first = Math.Max(newest + 1, bucket - SubBuckets + 1);
        if (newest >= 0)
        {
            for (var next = first; next <= bucket; next++)
            {
                count -= counts[next % SubBuckets];
                amount -= amounts[next % SubBuckets];
                counts[next % SubBuckets] = 0;
                amounts[next % SubBuckets] = 0;
            }
        }

        newest = bucket;
    }
}
