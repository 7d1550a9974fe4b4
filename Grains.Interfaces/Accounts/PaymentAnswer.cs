using Grains.Interfaces.Values;

namespace Grains.Interfaces.Accounts;

/// <summary>A payment's status. The number is stored nowhere: the event type is.</summary>
public enum PaymentStatus : byte
{
    Settled = 1,
    Rejected = 2,

    /// <summary>The debtor paid, and another shard has not said yet whether it credits.</summary>
    Pending = 3,

    /// <summary>The money is held, and an analyst is to look: released, refused, or refused when its time is over.</summary>
    Held = 4,
}

/// <summary>A payment as it was recorded: everything that its first answer says.</summary>
public sealed record PaymentAnswer
{
    public required PaymentId Id { get; init; }

    public required PaymentStatus Status { get; init; }

    public required Money Amount { get; init; }

    public required AccountId Debtor { get; init; }

    public required AccountId Creditor { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it settled, where that was not in the step that decided it.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    public Guid? Uetr { get; init; }

    public PersonalFields Personal { get; init; } = PersonalFields.None;

    /// <summary>Why it was rejected; none where it was not.</summary>
    public Reason? Reason { get; init; }

    /// <summary>The sentence of the rejection with its numbers; none means the reason's own.</summary>
    public string? Detail { get; init; }

    /// <summary>The payment that this one returns.</summary>
    public PaymentId? ReturnOf { get; init; }

    public string? ReturnReason { get; init; }
}

/// <summary>What became of a submission.</summary>
public enum SubmitOutcome : byte
{
    /// <summary>A payment is recorded, settled, rejected or still under way to another shard; <see cref="SubmitAnswer.Payment"/> has it.</summary>
    Recorded = 1,

    /// <summary>The key belongs to another request. Nothing was recorded.</summary>
    KeyReused = 2,

    /// <summary>The first request with this key is still committing. Nothing new was recorded.</summary>
    KeyInUse = 3,

    /// <summary>The ledger's queue is full. Certainly nothing was recorded.</summary>
    Overloaded = 4,

    /// <summary>There is no such account (or, for a return, no such settled payment).</summary>
    Unknown = 5,

    /// <summary>More than what is left of the original would go back. Nothing was recorded.</summary>
    ReturnExceedsPayment = 6,

    /// <summary>The entry could not be written and the database named no reason. Nothing was recorded.</summary>
    Failed = 7,

    /// <summary>The grain's process is going down. Certainly nothing was recorded.</summary>
    ShuttingDown = 8,

    /// <summary>The other account is on a shard that takes nothing for now. Certainly nothing was recorded.</summary>
    OtherShardAway = 9,

    /// <summary>The account was moved to another shard, and the grain's process has the map of before. Certainly nothing was recorded.</summary>
    Moved = 10,
}

/// <summary>The answer to a submission; <paramref name="Payment"/> is there when the outcome is <see cref="SubmitOutcome.Recorded"/>.</summary>
public sealed record SubmitAnswer(SubmitOutcome Outcome, PaymentAnswer? Payment = null, bool Replayed = false);
