using Grains.Interfaces.Values;

namespace Grains.Interfaces.Fraud;

/// <summary>Where an alert stands.</summary>
public enum AlertState : byte
{
    Open = 1,
    Closed = 2,
}

/// <summary>How soon somebody should look.</summary>
public enum AlertSeverity : byte
{
    Low = 1,
    Medium = 2,
    High = 3,
}

/// <summary>A pattern across accounts that a detector found, and what an analyst said that it was.</summary>
public sealed record FraudAlert
{
    /// <summary>The most accounts, and the most payments, that an alert names; its text has how many there were.</summary>
    public const int MaxNamed = 50;

    /// <summary><c>alert_…</c>: of the pattern that was found, so that the same is an alert once.</summary>
    public required string Id { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    public required AlertState State { get; init; }

    /// <summary>The detector's name.</summary>
    public required string Detector { get; init; }

    public required AlertSeverity Severity { get; init; }

    /// <summary>A sentence with its numbers. It names no person, address or device.</summary>
    public required string Text { get; init; }

    public required IReadOnlyList<string> Accounts { get; init; }

    /// <summary><c>pay_…</c>, and of card payments <c>ch_…</c>.</summary>
    public required IReadOnlyList<string> Payments { get; init; }

    /// <summary>A decimal string: the money of the pattern.</summary>
    public required string Amount { get; init; }

    public required string Currency { get; init; }

    /// <summary>Accounts that were frozen because of it.</summary>
    public required IReadOnlyList<string> Frozen { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>What it is about, as its detector tells things apart; for nobody else.</summary>
    public required string About { get; init; }

    /// <summary>When what completed the pattern happened, in milliseconds since 1970.</summary>
    public required long FoundAtMs { get; init; }

    public CaseLabel? Outcome { get; init; }

    public string? Note { get; init; }

    public string? ClosedBy { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>What a detector found, to be an alert from now on.</summary>
/// <param name="Number">The alert's own, made of what was found.</param>
/// <param name="Alert">As it is to be; when it is raised is for the grain to say.</param>
public sealed record RaiseAlert(long Number, FraudAlert Alert);

/// <summary>Further accounts were frozen because of an alert.</summary>
/// <param name="Number">The alert's.</param>
/// <param name="Frozen">By id; an alert names <see cref="FraudAlert.MaxNamed"/> at most.</param>
public sealed record ExtendAlert(long Number, IReadOnlyList<string> Frozen);

/// <summary>An analyst closes an alert.</summary>
/// <param name="Number">The alert's, out of its id.</param>
/// <param name="Version">The one that the analyst saw.</param>
/// <param name="Actor">The label of the key.</param>
/// <param name="Note">At most <see cref="CaseCommand.MaxText"/> characters.</param>
public sealed record CloseAlert(long Number, int Version, CaseLabel Outcome, string? Note, string Actor, long Tenant, IdempotencyKey Key, UInt128 RequestHash);

/// <summary>What became of a change of an alert.</summary>
public enum AlertOutcome : byte
{
    Recorded = 1,

    /// <summary>There is no such alert.</summary>
    Unknown = 2,

    /// <summary>Somebody closed it before; the answer says who.</summary>
    Closed = 3,
    KeyReused = 4,

    /// <summary>The ledger's queue is full. Certainly nothing was recorded.</summary>
    Overloaded = 5,
    Failed = 6,
    ShuttingDown = 7,
}

/// <summary>The answer to a change of an alert, with the alert as it is now where there is one.</summary>
public sealed record AlertAnswer(AlertOutcome Outcome, FraudAlert? Alert = null, bool Replayed = false);
