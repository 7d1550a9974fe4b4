using Grains.Interfaces.Values;

namespace Grains.Interfaces.Fraud;

/// <summary>Where a case stands.</summary>
public enum CaseStatus : byte
{
    Open = 1,
    Closed = 2,
}

/// <summary>How a case ended.</summary>
public enum CaseResolution : byte
{
    /// <summary>An analyst let the payment go.</summary>
    Released = 1,

    /// <summary>An analyst refused it.</summary>
    Refused = 2,

    /// <summary>Nobody acted in time: a held payment was refused, a card payment stands.</summary>
    Expired = 3,

    /// <summary>The merchant let the card's authorization go, or it ran out, before anything was captured.</summary>
    Canceled = 4,

    /// <summary>The merchant gave all of it back.</summary>
    Refunded = 5,

    /// <summary>The cardholder's bank took it back.</summary>
    Disputed = 6,
}

/// <summary>What a payment turned out to be.</summary>
public enum CaseLabel : byte
{
    ConfirmedFraud = 1,
    FalsePositive = 2,

    /// <summary>No fraud, and yet right to look.</summary>
    ValuableAlert = 3,
}

/// <summary>A payment that an analyst is to look at, and what analysts did with it.</summary>
public sealed record FraudCase
{
    /// <summary><c>case_…</c></summary>
    public required string Id { get; init; }

    /// <summary>From 1; an analyst's command names the one that it was decided on.</summary>
    public required int Version { get; init; }

    public required CaseStatus Status { get; init; }

    public CaseResolution? Resolution { get; init; }

    /// <summary><c>pay_…</c>; of a card payment its intent, <c>pi_…</c>.</summary>
    public required string PaymentId { get; init; }

    /// <summary>Null of a card payment: see <see cref="Card"/>.</summary>
    public required string? DebtorAccount { get; init; }

    public required string CreditorAccount { get; init; }

    /// <summary><c>instant_payment</c> or <c>card_payment</c>.</summary>
    public string Kind => Card is null ? "instant_payment" : "card_payment";

    /// <summary>Null of an instant payment.</summary>
    public CaseCard? Card { get; init; }

    /// <summary>A decimal string: the money at risk.</summary>
    public required string Amount { get; init; }

    public required string Currency { get; init; }

    /// <summary>0 to 100.</summary>
    public required int Score { get; init; }

    /// <summary>The published rules that spoke, by their points.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When the case ends if nobody acts: a held payment is refused then, a card payment stands.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Whose turn it is; null while it is anybody's.</summary>
    public string? Assignee { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    public CaseLabel? Label { get; init; }

    /// <summary>Who changed it last; null where the product did.</summary>
    public string? ChangedBy { get; init; }

    public IReadOnlyList<CaseNote> Notes { get; init; } = [];
}

/// <summary>What an analyst wrote, at most <see cref="CaseCommand.MaxText"/> characters.</summary>
public sealed record CaseNote(string By, DateTimeOffset At, string Text);

/// <summary>What an analyst may do with a case.</summary>
public enum CaseAction : byte
{
    /// <summary>Lets the payment go; a card payment went on already.</summary>
    Approve = 1,

    /// <summary>Refuses it; of a card payment, what is authorized is canceled, and what was captured goes back.</summary>
    Decline = 2,

    /// <summary>Sets it aside until <see cref="CaseCommand.Until"/>.</summary>
    Snooze = 3,

    /// <summary>Gives it to <see cref="CaseCommand.Text"/>; back to everybody where there is none.</summary>
    Assign = 4,

    /// <summary>Writes <see cref="CaseCommand.Text"/>.</summary>
    Note = 5,

    /// <summary>Says what the payment was; also of a closed case.</summary>
    Label = 6,
}

/// <summary>An analyst's command, on its way to the grain whose payment it is about.</summary>
public sealed record CaseCommand
{
    /// <summary>The longest note, in characters.</summary>
    public const int MaxText = 2_000;

    /// <summary>The most notes of a case.</summary>
    public const int MaxNotes = 100;

    /// <summary>The longest that a case is set aside.</summary>
    public static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(30);

    /// <summary>The case's number, out of its id.</summary>
    public required long Case { get; init; }

    /// <summary>The version that the analyst saw.</summary>
    public required int Version { get; init; }

    public required CaseAction Action { get; init; }

    /// <summary>Who acts: the label of the key.</summary>
    public required string Actor { get; init; }

    public required long Tenant { get; init; }

    public string? Text { get; init; }

    public DateTimeOffset? Until { get; init; }

    public CaseLabel? Label { get; init; }

    public IdempotencyKey Key { get; init; }

    public UInt128 RequestHash { get; init; }
}

/// <summary>What became of an analyst's command.</summary>
public enum CaseOutcome : byte
{
    Recorded = 1,

    /// <summary>There is no such case.</summary>
    Unknown = 2,

    /// <summary>Somebody changed it since; the answer says who, and how it stands.</summary>
    Changed = 3,

    /// <summary>It is closed already.</summary>
    Closed = 4,

    /// <summary>The payment's time is over: it is about to be refused.</summary>
    Expired = 5,

    /// <summary>The debtor account is frozen: unfreeze it first, or refuse.</summary>
    Frozen = 6,
    KeyReused = 7,
    KeyInUse = 8,

    /// <summary>The ledger's queue is full, or the other account's shard takes nothing for now. Certainly nothing was recorded.</summary>
    Overloaded = 9,
    Failed = 10,
    ShuttingDown = 11,

    /// <summary>It holds as many notes as it may.</summary>
    Full = 12,

    /// <summary>The acquirer is being asked about the card payment: what is to be undone is not known yet.</summary>
    PaymentBusy = 13,

    /// <summary>It cannot be set aside until then: that is over, or beyond <see cref="CaseCommand.LongestSnooze"/>.</summary>
    OutOfTime = 14,
}

/// <summary>The answer to an analyst's command, with the case as it is now where there is one.</summary>
public sealed record CaseAnswer(CaseOutcome Outcome, FraudCase? Case = null, bool Replayed = false);
