namespace Grains.Interfaces.Values;

/// <summary>
/// The virtual bucket of a shard key: 0–4095, fixed for ever. It places the account's rows on a shard and its grain on a
/// silo from the key alone, without a look-up.
/// </summary>
public static class Bucket
{
    public const int Count = 4096;

    /// <summary>FNV-1a over the key's characters, folded to 12 bits: the same on every machine and in every release.</summary>
    public static int Of(AccountId account) => Of(account.ShardKey);

    /// <summary>As of an account, for a shard key that need not be part of an account's id.</summary>
    public static int Of(ReadOnlySpan<char> shardKey)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var character in shardKey)
                hash = (hash ^ character) * 1099511628211UL;
            return (int)((hash ^ (hash >> 24) ^ (hash >> 48)) & (Count - 1));
        }
    }
}
