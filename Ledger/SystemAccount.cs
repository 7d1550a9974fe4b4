using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger.Shards;

namespace Ledger;

/// <summary>Accounts of the product itself, one of each a currency and shard: debited by everyone, so no version and no rule.</summary>
public enum SystemAccount : byte
{
    /// <summary>Where sandbox money comes from.</summary>
    Funding = 1,

    /// <summary>Money on its way to another shard or rail.</summary>
    Transit = 2,
    Fees = 3,

    /// <summary>Money that cannot be placed.</summary>
    Suspense = 4,

    /// <summary>What card acquirers owe for captured payments, and are owed for refunds.</summary>
    AcquirerReceivable = 5,
}

public static class SystemAccountNumbers
{
    /// <summary>Kinds from here on are transit accounts, one a shard.</summary>
    private const long FirstTransit = 20;

    /// <summary>The account's number, the same on every shard: the kind, then the ISO 4217 numeric code.</summary>
    public static long Number(this SystemAccount account, Currency currency) => ((long)account * 1000) + currency.Number;

    /// <summary>
    /// <c>system:transit:1</c>: money on its way to and from another shard. On that one the account that names this one has the same
    /// balance with the other sign, once nothing is on its way.
    /// </summary>
    public static long Transit(int peer, Currency currency) => ((FirstTransit + peer) * 1000) + currency.Number;

    /// <summary>The other shard, where the number is that of a transit account between two; null where it is not.</summary>
    public static int? PeerOf(long number) => IsSystem(number) && number / 1000 - FirstTransit is >= 0 and < ShardNumbers.MaxShards and var peer ? (int)peer : null;

    /// <summary>Whether it is the number of a system account: of a kind and a currency that there are.</summary>
    public static bool Exists(long number) =>
        IsSystem(number) && (Enum.IsDefined((SystemAccount)(number / 1000)) || PeerOf(number) is not null) && Currency.Exists((short)(number % 1000));

    public static bool IsSystem(long number) => number is > 0 and < AccountRecord.FirstCustomerNumber;

    /// <summary><c>system:funding</c> in USD, <c>system:funding:EUR</c> in other currencies.</summary>
    public static AccountId Id(long number)
    {
        var name = PeerOf(number) is { } peer ? $"system:transit:{peer}" : (SystemAccount)(number / 1000) switch
        {
            SystemAccount.Funding => "system:funding",
            SystemAccount.Transit => "system:transit",
            SystemAccount.Fees => "system:fees",
            SystemAccount.Suspense => "system:suspense",
            SystemAccount.AcquirerReceivable => "system:acquirer",
        };
        var currency = CurrencyOf(number);
        return AccountId.Parse(currency == Currency.Usd ? name : $"{name}:{currency.Code}");
    }

    /// <summary>The account before anything moved on it.</summary>
    internal static AccountRecord NewRecord(long number) => new()
    {
        Number = number,
        Id = Id(number),
        Tenant = 0,
        Currency = CurrencyOf(number),
        Status = AccountStatus.Open,
        Floor = null,
        Limits = AccountLimits.None,
        Counters = default,
        Version = 0,
        EventVersion = 0,
        LastRow = 0,
        Activity = 0,
        WrappedDataKey = null,
        SealedName = null,
        OpenedAtMs = 0,
    };

    public static Currency CurrencyOf(long number) => Currency.FromNumber((short)(number % 1000));
}
