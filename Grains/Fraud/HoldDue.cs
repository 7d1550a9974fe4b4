using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Fraud;

/// <summary>The due work of a held payment: written with its hold, struck off with its end, so that it is held exactly while the item is there.</summary>
public static class HoldDue
{
    /// <summary>Stored: never change it.</summary>
    public const string Kind = "hold";

    public static DueItem Of(AccountId debtor, long payment, long expiresAtMs) => new(expiresAtMs, debtor.Value, Kind, payment);
}
