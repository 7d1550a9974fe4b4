namespace Ledger.Shards;

/// <summary>
/// The due work of a transfer to another shard: written with its debit, struck off with its end, so that it is under way exactly
/// while the item is there. Whoever drives it needs no reminder; the item's time is for the case that nobody does any more.
/// </summary>
public static class TransferDue
{
    /// <summary>Stored: never change it.</summary>
    public const string Kind = "transfer";

    /// <summary>Later than the submitter's own wait, so that the sweeper finds only what was left behind.</summary>
    private const long AfterMs = 8_000;

    /// <param name="debtor">The account whose grain drives the transfer.</param>
    public static DueItem Of(Grains.Interfaces.Values.AccountId debtor, long payment, long createdAtMs) =>
        new(createdAtMs + AfterMs, debtor.Value, Kind, payment);
}
