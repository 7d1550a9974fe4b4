using Grains.Interfaces.Events;
using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>How a row moves money.</summary>
public enum TransferKind : byte
{
    /// <summary>No money moves: a decline, a change of status.</summary>
    None = 0,

    /// <summary>A transfer that posts at once.</summary>
    Posted = 1,

    /// <summary>A pending transfer: holds the amount on both accounts.</summary>
    Hold = 2,

    /// <summary>Raises a pending transfer's authorized amount.</summary>
    Increase = 3,

    /// <summary>Posts a part of a pending transfer; more may follow.</summary>
    Post = 4,

    /// <summary>Posts a part and releases the rest.</summary>
    PostFinal = 5,

    /// <summary>Releases what is left of a pending transfer.</summary>
    Void = 6,

    /// <summary>Releases what is left because its time is over.</summary>
    Expire = 7,
}

/// <summary>
/// One row of the event log, the widest table: one event with at most one transfer. A payment that settles at once is one
/// such row: both legs, amount, key, request hash, sealed personal fields, event data and leaf hash.
/// </summary>
public sealed class LogRow
{
    /// <summary>From a leased block; a payment's number is the id of its first row.</summary>
    public required long Id { get; init; }

    public required EventType Type { get; init; }

    /// <summary>Product time in milliseconds since 1970.</summary>
    public required long TimeMs { get; init; }

    /// <summary>Whose key acted.</summary>
    public required long Tenant { get; init; }

    /// <summary>The payment that it belongs to, by the id of that payment's first row (for a first row: its own id); 0 for an account's event.</summary>
    public required long Payment { get; init; }

    /// <summary>The subject's version after this event, from 1 without gaps.</summary>
    public required int Version { get; init; }

    public TransferKind Kind { get; init; }

    /// <summary>The debtor's account number; for an event of an account without a transfer, that account.</summary>
    public required long Debtor { get; init; }

    /// <summary>The creditor's account number; 0 where there is none.</summary>
    public long Creditor { get; init; }

    /// <summary>Minor units: instructed for a payment, moved or released for a pending transfer's later rows.</summary>
    public long Amount { get; init; }

    public required Currency Currency { get; init; }

    public IdempotencyKey Key { get; init; }

    public UInt128 RequestHash { get; init; }

    /// <summary>Why a payment was rejected; 0 where it was not.</summary>
    public Reason Reason { get; init; }

    /// <summary>When a hold ends, in milliseconds since 1970; 0 for none.</summary>
    public long ExpiresAtMs { get; init; }

    /// <summary>Event data without personal fields, as its codec wrote it; null where the columns say all.</summary>
    public byte[]? Data { get; init; }

    /// <summary>Personal fields under the debtor's data key (for an account's event, that account's).</summary>
    public byte[]? Sealed { get; init; }

    /// <summary>Personal fields under the creditor's data key.</summary>
    public byte[]? SealedCreditor { get; init; }

    /// <summary>RFC 9162 leaf hash over every field above.</summary>
    public byte[] Leaf { get; set; } = [];

    /// <summary>One check byte a field, so that an audit names the field that changed.</summary>
    public byte[] Checks { get; set; } = [];

    /// <summary>Place in the shard's log, gap-free, given by the commit.</summary>
    public long Position { get; set; }

    /// <summary>The debtor's posted balance after this row, given by the commit.</summary>
    public long DebtorBalance { get; set; }

    public long CreditorBalance { get; set; }

    /// <summary>The row before this one that touches the debtor: an account's activity is a chain, newest first, that needs no index.</summary>
    public long DebtorPrevious { get; set; }

    public long CreditorPrevious { get; set; }

    /// <summary>The account that an account's event is about.</summary>
    public long SubjectAccount => Type == EventType.AccountFunded ? Creditor : Debtor;
}
