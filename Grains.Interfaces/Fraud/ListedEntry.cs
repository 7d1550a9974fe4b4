namespace Grains.Interfaces.Fraud;

/// <summary>An entry of a list, as it is stored.</summary>
public sealed record ListedEntry
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReason = 500;

    /// <summary>How long a block that nobody has approved yet acts; then it lapses.</summary>
    public static readonly TimeSpan ApproveWithin = TimeSpan.FromHours(24);

    public required string Id { get; init; }

    /// <summary>From 1: how often it was changed.</summary>
    public required int Version { get; init; }

    /// <summary>One of <see cref="ListWords.Lists"/>.</summary>
    public required string List { get; init; }

    /// <summary>One of <see cref="ListWords.Kinds"/>.</summary>
    public required string Kind { get; init; }

    public required string Value { get; init; }

    public required string Reason { get; init; }

    /// <summary>Not in force from this instant on; null for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The label of a key.</summary>
    public required string AddedBy { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    /// <summary><see cref="ListAction.Add"/> or <see cref="ListAction.Remove"/>: what somebody asked for that a second person must approve; null for nothing.</summary>
    public ListAction? Asked { get; init; }

    public string? AskedBy { get; init; }

    /// <summary>Until when an entry acts that a second person has not approved; null where it acts until it ends, or does not act yet.</summary>
    public DateTimeOffset? ApproveBy { get; init; }

    /// <summary>The second person who put it on.</summary>
    public string? ApprovedBy { get; init; }

    public DateTimeOffset? ApprovedAt { get; init; }

    public string? RemovedBy { get; init; }

    public DateTimeOffset? RemovedAt { get; init; }
}

/// <summary>What somebody does with a list's entry.</summary>
public enum ListAction : byte
{
    /// <summary>Puts it on.</summary>
    Add = 1,

    /// <summary>Takes it off.</summary>
    Remove = 2,

    /// <summary>Does what somebody else asked for.</summary>
    Approve = 3,

    /// <summary>Drops what was asked for.</summary>
    Reject = 4,
}

/// <summary>What lists are called, and what their entries name. Stored: never change one.</summary>
public static class ListWords
{
    public static IReadOnlyList<string> Lists { get; } = ["block", "allow", "watch", "vpn"];

    public static IReadOnlyList<string> Kinds { get; } = ["account", "counterparty", "card", "device", "ip"];
}
