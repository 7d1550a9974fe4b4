using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>The trained models of a ledger, and of this machine's directory. The host knows where they lie; no caller names a path.</summary>
public interface IRiskModels
{
    /// <summary>The one that decisions use; null where none is loaded.</summary>
    ModelShown? Current { get; }

    /// <summary>The features that moved a recorded decision's model most, the largest first; empty where that version is not there any more, or cannot be read.</summary>
    /// <param name="values">Every feature's, as recorded.</param>
    IReadOnlyList<ModelContribution> Explain(string version, IReadOnlyList<long> values);

    /// <summary>What lies ready, newest first.</summary>
    IReadOnlyList<ModelListed> List();

    /// <summary>A version that lies ready, in force or not; null where there is none.</summary>
    /// <exception cref="InvalidDataException">Its file is damaged, or of another release.</exception>
    ModelShown? Find(string version);

    /// <summary>Keeps a model's file in the ledger, where every process finds it; in force is it not.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="InvalidDataException">It is no model that this release reads, or another one of its version is there.</exception>
    string Add(ReadOnlyMemory<byte> file);

    /// <summary>
    /// Puts a version in force, or none, for every decision of every process on the ledger from soon on, and after a restart; see
    /// <see cref="IRuleBookGrain.ChangeModel"/>.
    /// </summary>
    /// <param name="by">Who acts: the label of the key.</param>
    /// <exception cref="InvalidDataException">Its file is damaged, or of another release; what was in force stays.</exception>
    Task<RuleBookAnswer> Choose(ModelChoice choice, string by, long tenant);
}

/// <summary>A version that lies ready.</summary>
/// <param name="IsPublished">Whether its points count; null where it is not in force.</param>
/// <param name="Asked">What somebody asked for that is about it; null for nothing.</param>
public sealed record ModelListed(string Version, bool? IsPublished, ModelAsked? Asked);

/// <summary>A model that lies ready, with what it is.</summary>
/// <param name="Manifest">As JSON: what it was trained on, and what it is worth.</param>
/// <param name="IsPublished">Whether its points count; null where it is not in force.</param>
/// <param name="By">Who put it in force; null where it is not.</param>
/// <param name="Asked">What somebody asked for that is about it; null for nothing.</param>
public sealed record ModelShown(string Version, ReadOnlyMemory<byte> Manifest, bool? IsPublished = null, string? By = null, DateTimeOffset? At = null, ModelAsked? Asked = null);
