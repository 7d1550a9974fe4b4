using Grains.Interfaces.Accounts;

namespace Simulation;

/// <summary>An account as the committed log says it must be.</summary>
internal sealed class BankAccount(long number, string id, AccountLimits limits, long? floor)
{
    private readonly List<(long Position, long Credits)> creditsAt = [];

    public long Number => number;

    public string Id => id;

    /// <summary>How far below zero it may go; null: as far as it likes.</summary>
    public long? Floor => floor;

    public AccountLimits Limits { get; set; } = limits;

    public AccountStatus Status { get; set; } = AccountStatus.Open;

    public long Debits { get; set; }

    public long Credits { get; private set; }

    public long Version { get; set; }

    public int EventVersion { get; set; }

    public long LastRow { get; set; }

    public long Activity { get; set; }

    public long Balance => Credits - Debits;

    /// <summary>Its own settled payments, oldest first; returns are not among them.</summary>
    public List<(long TimeMs, long Amount)> Paid { get; } = [];

    public void Credit(long position, long amount)
    {
        Credits += amount;
        creditsAt.Add((position, Credits));
    }

    public long CreditsUpTo(long position)
    {
        var credits = 0L;
        foreach (var (at, sum) in creditsAt)
            if (at <= position)
                credits = sum;
        return credits;
    }

    public bool MayPay(long nowMs, long amount) =>
        Fits(Limits.PerMinute, 60_000, nowMs, amount) && Fits(Limits.PerHour, 3_600_000, nowMs, amount) && Fits(Limits.PerDay, 86_400_000, nowMs, amount);

    // A window is 60 sub-buckets, the current one counted whole.
    private bool Fits(WindowLimit? limit, long lengthMs, long nowMs, long amount)
    {
        if (limit is null)
            return true;
        var subBucketMs = lengthMs / 60;
        var (count, sum) = (0L, 0L);
        foreach (var (timeMs, paid) in Paid)
        {
            if (timeMs / subBucketMs <= (nowMs / subBucketMs) - 60)
                continue;
            count++;
            sum += paid;
        }

        return (limit.Count is not { } most || count + 1 <= most) && (limit.Amount is not { } highest || sum + amount <= highest);
    }
}
