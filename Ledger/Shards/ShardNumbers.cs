namespace Ledger.Shards;

/// <summary>
/// Every id and account number says which shard leased it: the shard's place stands above 56 bits of the shard's own. So ids are
/// unique in the whole ledger, and a row is found by its id alone. The first shard's are the numbers themselves, as they are of a
/// ledger that has no other.
/// </summary>
public static class ShardNumbers
{
    public const int MaxShards = 64;

    private const int Bits = 56;

    /// <summary>The shard that leased the number; 0 for the numbers of system accounts, which every shard has.</summary>
    public static int ShardOf(long number) => (int)(number >> Bits);

    /// <summary>What a shard's leased numbers start from.</summary>
    public static long Base(int shard) => (long)shard << Bits;

    /// <summary>The first number that a shard leases.</summary>
    public static long First(int shard) => Base(shard) + AccountRecord.FirstCustomerNumber;
}
