using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>The trained models of this machine. The host knows where they lie; no caller names a path.</summary>
public interface IRiskModels
{
    /// <summary>The one that decisions use; null where none is loaded.</summary>
    ModelShown? Current { get; }

    /// <summary>The features that moved a recorded decision's model most, the largest first; empty where that version does not lie here any more, or cannot be read.</summary>
    /// <param name="values">Every feature's, as recorded.</param>
    IReadOnlyList<ModelContribution> Explain(string version, IReadOnlyList<long> values);

    /// <summary>What lies ready, newest first.</summary>
    IReadOnlyList<ModelListed> List();

    /// <summary>A version that lies ready, in force or not; null where there is none.</summary>
    /// <exception cref="InvalidDataException">Its file is damaged, or of another release.</exception>
    ModelShown? Find(string version);

    /// <summary>
    /// Puts a version in force, or none, for every decision from now on and after a restart. Where what acts takes two people, the first
    /// one's word is kept and changes nothing; the same word of a second one does it. To choose again what is in force takes it back.
    /// </summary>
    /// <param name="by">Who acts: the label of the key.</param>
    /// <exception cref="InvalidDataException">Its file is damaged, or of another release; what was in force stays.</exception>
    ModelChange Choose(ModelChoice choice, string by);
}

/// <summary>What is to decide.</summary>
/// <param name="Version">Null for no model.</param>
/// <param name="IsPublished">Whether its points count; else it speaks in shadow.</param>
public sealed record ModelChoice(string? Version, bool IsPublished);

/// <summary>What one person asked for that a second one must do.</summary>
public sealed record ModelAsked(ModelChoice Choice, string By, DateTimeOffset At);

/// <summary>A version that lies ready.</summary>
/// <param name="IsPublished">Whether its points count; null where it is not in force.</param>
/// <param name="Asked">What somebody asked for that is about it; null for nothing.</param>
public sealed record ModelListed(string Version, bool? IsPublished, ModelAsked? Asked);

/// <summary>A model that lies ready, with what it is.</summary>
/// <param name="Manifest">As JSON: what it was trained on, and what it is worth.</param>
/// <param name="IsPublished">Whether its points count; null where it is not in force.</param>
/// <param name="By">Who put it in force; null where it is not, or a release of before did.</param>
/// <param name="Asked">What somebody asked for that is about it; null for nothing.</param>
public sealed record ModelShown(string Version, ReadOnlyMemory<byte> Manifest, bool? IsPublished = null, string? By = null, DateTimeOffset? At = null, ModelAsked? Asked = null);

/// <summary>What became of a choice.</summary>
public enum ModelOutcome : byte
{
    /// <summary>It is in force.</summary>
    InForce = 1,

    /// <summary>It is asked for: a second person must do it.</summary>
    Asked = 2,

    /// <summary>Who asked for it may not be the one who does it.</summary>
    FourEyes = 3,

    /// <summary>There is no such version.</summary>
    Unknown = 4,
}

/// <param name="By">Who asked before, where that is why.</param>
public sealed record ModelChange(ModelOutcome Outcome, string? By = null);
