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

    public long DebitsPending { get; set; }

    public long CreditsPending { get; set; }

    public long Version { get; set; }

    public int EventVersion { get; set; }

    public long LastRow { get; set; }

    public long Activity { get; set; }

    public long Balance => Credits - Debits;

    /// <summary>Its own payments that count: settled, held or on their way, oldest first; returns are not among them.</summary>
    public List<Paid> Paid { get; } = [];

    /// <summary>Another shard refused the payment: it counts no more.</summary>
    public void GiveBack(long payment, long position)
    {
        if (Paid.Find(paid => paid.Payment == payment) is { } paid)
            paid.RefusedAt = position;
    }

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

    /// <param name="refusedSince">Payments that were refused after this position count still: who decided may not have heard of it.</param>
    public bool MayPay(long nowMs, long amount, long refusedSince) =>
        Fits(Limits.PerMinute, 60_000, nowMs, amount, refusedSince) && Fits(Limits.PerHour, 3_600_000, nowMs, amount, refusedSince) && Fits(Limits.PerDay, 86_400_000, nowMs, amount, refusedSince);

    // A window is 60 sub-buckets, the current one counted whole.
    private bool Fits(WindowLimit? limit, long lengthMs, long nowMs, long amount, long refusedSince)
    {
        if (limit is null)
            return true;
        var subBucketMs = lengthMs / 60;
        var (count, sum) = (0L, 0L);
        foreach (var paid in Paid)
        {
            if (paid.TimeMs / subBucketMs <= (nowMs / subBucketMs) - 60 || (paid.RefusedAt is { } refusedAt && refusedAt <= refusedSince))
                continue;
            count++;
            sum += paid.Amount;
        }

        return (limit.Count is not { } most || count + 1 <= most) && (limit.Amount is not { } highest || sum + amount <= highest);
    }
}

/// <summary>A payment of the account's own.</summary>
internal sealed class Paid(long payment, long timeMs, long amount, string? city)
{
    public long Payment => payment;

    public long TimeMs => timeMs;

    public long Amount => amount;

    /// <summary>Where it was made; null where that is not known.</summary>
    public string? City => city;

    /// <summary>At which position another shard's refusal took it back; null where none did.</summary>
    public long? RefusedAt { get; set; }
}
