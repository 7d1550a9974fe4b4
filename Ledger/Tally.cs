using Ledger.Shards;

namespace Ledger;

/// <summary>Payments with a final answer.</summary>
public readonly record struct PaymentCounts(long Settled, long Rejected)
{
    public long All => checked(Settled + Rejected);
}

/// <summary>The payments of one second (since 1970, of product time).</summary>
public readonly record struct SecondCounts(long Second, PaymentCounts Payments);

/// <summary>All payments up to a place in the log of each shard that was read, and the seconds that have some, oldest first.</summary>
public sealed record Tally(LogCursor End, PaymentCounts Total, IReadOnlyList<SecondCounts> Seconds);
