using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

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
    /// <summary>The account's number, the same on every shard: the kind, then the ISO 4217 numeric code.</summary>
    public static long Number(this SystemAccount account, Currency currency) => ((long)account * 1000) + currency.Number;

    /// <summary>Whether it is the number of a system account: of a kind and a currency that there are.</summary>
    public static bool Exists(long number) =>
        IsSystem(number) && Enum.IsDefined((SystemAccount)(number / 1000)) && Currency.Exists((short)(number % 1000));

    public static bool IsSystem(long number) => number is > 0 and < AccountRecord.FirstCustomerNumber;

    /// <summary><c>system:funding</c> in USD, <c>system:funding:EUR</c> in other currencies.</summary>
    public static AccountId Id(long number)
    {
        var name = (SystemAccount)(number / 1000) switch
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
