namespace Ledger.Shards;

/// <summary>What one shard of a ledger holds, and how much goes through it.</summary>
/// <param name="Place">Server and database, or the ledger's file.</param>
/// <param name="Moves">How often one of its buckets came from another shard.</param>
/// <param name="PaymentsLastMinute">Payments that ended in the last minute of the product's time that has any.</param>
/// <param name="TransfersUnderWay">Debits of its accounts that another shard has not decided, or that have not ended.</param>
/// <param name="Transit">Per currency and other shard, the balance of the account between the two.</param>
public sealed record ShardLoad(
    int Number, string Place, int Buckets, long Moves, long Accounts, long Events, long PaymentsLastMinute, long TransfersUnderWay, long Bytes, IReadOnlyList<TransitBalance> Transit);

/// <summary>The balance, in minor units, of the transit account between a shard and another; that one's is the same with the other sign once nothing is under way.</summary>
public sealed record TransitBalance(int Peer, string Currency, long MinorUnits);
