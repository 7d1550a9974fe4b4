namespace Grains.Interfaces.Fraud;

/// <summary>An entry of a list, as it is stored.</summary>
public sealed record ListedEntry
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReason = 500;

    public required string Id { get; init; }

    /// <summary>1 while it stands, 2 once it was taken off.</summary>
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

    public string? RemovedBy { get; init; }

    public DateTimeOffset? RemovedAt { get; init; }
}

/// <summary>What lists are called, and what their entries name. Stored: never change one.</summary>
public static class ListWords
{
    public static IReadOnlyList<string> Lists { get; } = ["block", "allow", "watch", "vpn"];

    public static IReadOnlyList<string> Kinds { get; } = ["account", "counterparty", "card", "device", "ip"];
}
