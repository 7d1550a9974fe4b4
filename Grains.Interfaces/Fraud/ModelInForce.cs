namespace Grains.Interfaces.Fraud;

/// <summary>What is to decide.</summary>
/// <param name="Version">Null for no model.</param>
/// <param name="IsPublished">Whether its points count; else it speaks in shadow.</param>
public sealed record ModelChoice(string? Version, bool IsPublished);

/// <summary>What one person asked for that a second one must do.</summary>
public sealed record ModelAsked(ModelChoice Choice, string By, DateTimeOffset At);

/// <summary>The model by which a ledger's payments are judged, as it is stored.</summary>
public sealed record ModelInForce
{
    /// <summary>From 1: how often it was changed, or a change asked for.</summary>
    public required int Revision { get; init; }

    public required ModelChoice Choice { get; init; }

    /// <summary>Who put it in force: the label of a key. Null where nobody did yet, or a release did that did not note it.</summary>
    public string? By { get; init; }

    public DateTimeOffset? At { get; init; }

    /// <summary>Null for nothing.</summary>
    public ModelAsked? Asked { get; init; }
}

/// <summary>Puts a model in force, or none. The same again changes nothing, and so it has no key.</summary>
/// <param name="Actor">Who acts: the label of the key.</param>
/// <param name="IsCarriedOver">It was in force before models stood in the ledger: recorded only where the ledger never had one.</param>
public sealed record ModelCommand(ModelChoice Choice, string Actor, long Tenant, bool IsCarriedOver = false);
