using Grains.Interfaces.Values;
using Ledger.Shards;

namespace Ledger.Documents;

/// <summary>
/// Fraud cases are sealed under the key of the account whose payment they are about, and listed over all accounts of a shard: in the
/// index they belong to a number that is no account's.
/// </summary>
public static class CaseList
{
    /// <summary>Their kind in the index. Stored: never change it.</summary>
    public const byte Kind = 20;

    private const long Number = 1;
    private const string Prefix = "case";

    /// <summary>Cases that wait for an analyst.</summary>
    public const string Open = "open";

    public const string Closed = "closed";

    /// <summary>The owner, in the index, of a shard's cases.</summary>
    public static long OwnerOn(int shard) => ShardNumbers.Base(shard) + Number;

    public static string IdOf(AccountId debtor, long number) => ResourceId.Format(Prefix, Bucket.Of(debtor), number);

    public static bool TryParseId(string? text, out long number)
    {
        number = 0;
        return text is not null && ResourceId.TryParse(text, Prefix, out _, out number);
    }

    /// <summary>Cases of one payment.</summary>
    public static string OfPayment(long payment) => $"payment:{payment}";

    /// <summary>Cases of one payer.</summary>
    public static string OfDebtor(string account) => $"debtor:{account}";

    /// <summary>Cases of one merchant's card payments.</summary>
    public static string OfMerchant(string merchant) => $"merchant:{merchant}";

    /// <summary>Cases of one card, by its fingerprint.</summary>
    public static string OfCard(string fingerprint) => $"card:{fingerprint}";

    /// <summary>Cases that somebody has.</summary>
    /// <param name="analyst">Hashed (<see cref="ReferenceHash.OfAnalyst"/>): the index is in clear, and a name is a person's.</param>
    public static string OfAssignee(long analyst) => $"assignee:{analyst:x16}";
}
