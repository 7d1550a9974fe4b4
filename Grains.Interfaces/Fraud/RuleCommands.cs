using Grains.Interfaces.Values;

namespace Grains.Interfaces.Fraud;

/// <summary>A step in the life of a rule's version. The word is stored: never change one.</summary>
public enum RuleAction : byte
{
    /// <summary>Writes a new version.</summary>
    Draft = 1,

    /// <summary>Holds it against the rule's code, and against itself.</summary>
    Validate = 2,

    /// <summary>Evaluates it on live payments, recorded and never acting.</summary>
    Shadow = 3,

    /// <summary>Lets its points count, in place of the version that was published.</summary>
    Publish = 4,

    /// <summary>Evaluates it no more.</summary>
    Retire = 5,

    /// <summary>Publishes again what was published before.</summary>
    Revert = 6,

    /// <summary>Lets what is published act on another share of payers; on the others it is evaluated and recorded, as in shadow.</summary>
    Rollout = 7,
}

/// <summary>An analyst's change of a rule.</summary>
public sealed record RuleCommand
{
    /// <summary>The longest note, in characters.</summary>
    public const int MaxNote = 500;

    public required string Rule { get; init; }

    public required RuleAction Action { get; init; }

    /// <summary>The version that is meant; 0 for a draft, and for a revert to what was published last.</summary>
    public int Version { get; init; }

    /// <summary>The rule's revision that the analyst saw; null where it does not matter.</summary>
    public int? Revision { get; init; }

    /// <summary>Of a draft: what differs from the version in force.</summary>
    public IReadOnlyList<ParameterValue> Parameters { get; init; } = [];

    /// <summary>Of a draft: null for those of the version in force.</summary>
    public IReadOnlyList<RuleCondition>? Conditions { get; init; }

    public string? Note { get; init; }

    /// <summary>Of a rollout, and of what is published: the share of payers, 1 to 100 percent; null for all.</summary>
    public int? Rollout { get; init; }

    /// <summary>Who acts: the label of the key.</summary>
    public required string Actor { get; init; }

    public required long Tenant { get; init; }

    public IdempotencyKey Key { get; init; }

    public UInt128 RequestHash { get; init; }
}

/// <summary>An analyst's change of a list.</summary>
public sealed record ListCommand
{
    /// <summary>One of <see cref="ListWords.Lists"/>.</summary>
    public required string List { get; init; }

    public string Kind { get; init; } = "";

    public string Value { get; init; } = "";

    public string Reason { get; init; } = "";

    public DateTimeOffset? ExpiresAt { get; init; }

    public required ListAction Action { get; init; }

    /// <summary>The number of the entry that is meant, out of its id; 0 for a new one.</summary>
    public long Entry { get; init; }

    /// <summary>Who acts: the label of the key.</summary>
    public required string Actor { get; init; }

    public required long Tenant { get; init; }

    public IdempotencyKey Key { get; init; }

    public UInt128 RequestHash { get; init; }
}

/// <summary>Entries of a list, the newest first.</summary>
/// <param name="Before">Only those older than the entry of this number; 0 for all.</param>
public sealed record ListEntryQuery(string List, long Before, int Limit);

/// <summary>What became of a change of the rule book.</summary>
public enum RuleBookOutcome : byte
{
    Recorded = 1,

    /// <summary>There is no such rule, version, entry or model.</summary>
    Unknown = 2,

    /// <summary>Somebody changed the rule since.</summary>
    Changed = 3,

    /// <summary>The version is not where this step begins.</summary>
    NotInPlace = 4,

    /// <summary>Whoever drafted it, or asked for it, may not be the one who does it.</summary>
    FourEyes = 5,

    /// <summary>A field is refused.</summary>
    Refused = 6,

    /// <summary>It holds as much as it may.</summary>
    Full = 7,

    /// <summary>The list names this already.</summary>
    Exists = 8,
    KeyReused = 9,

    /// <summary>The ledger's queue is full. Certainly nothing was recorded.</summary>
    Overloaded = 10,
    Failed = 11,
    ShuttingDown = 12,

    /// <summary>Nothing is asked for of this entry that could be approved or rejected.</summary>
    NotAsked = 13,
}

/// <summary>Why a field is refused, by its path in the request.</summary>
public sealed record RefusedField(string Path, string Message);

/// <summary>The answer to a change: the version or entry after it, or why there is none.</summary>
public sealed record RuleBookAnswer(RuleBookOutcome Outcome)
{
    public RuleVersion? Rule { get; init; }

    public ListedEntry? Entry { get; init; }

    public ModelInForce? Model { get; init; }

    public IReadOnlyList<RefusedField> Errors { get; init; } = [];

    /// <summary>Who acted before, where that is why.</summary>
    public string? By { get; init; }

    /// <summary>In words, where there is more to say.</summary>
    public string? Detail { get; init; }

    public bool Replayed { get; init; }
}
