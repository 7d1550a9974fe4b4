using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>The trained models of this machine. The host knows where they lie; no caller names a path.</summary>
public interface IRiskModels
{
    /// <summary>The one that decisions use; null where none is loaded.</summary>
    ModelInForce? Current { get; }

    /// <summary>The features that moved a recorded decision's model most, the largest first; empty where that version does not lie here any more.</summary>
    /// <param name="values">Every feature's, as recorded.</param>
    /// <exception cref="InvalidDataException">The version's file is damaged, or of another release.</exception>
    IReadOnlyList<ModelContribution> Explain(string version, IReadOnlyList<long> values);

    /// <summary>Versions that lie ready, newest first.</summary>
    IReadOnlyList<string> Versions();

    /// <summary>Loads a version, for every decision from now on and after a restart.</summary>
    /// <param name="isPublished">Whether its points count; else it speaks in shadow.</param>
    /// <returns>False where there is no such version.</returns>
    /// <exception cref="InvalidDataException">Its file is damaged, or of another release; what was in force stays.</exception>
    bool Load(string version, bool isPublished);

    /// <summary>Takes the model away, for every decision from now on and after a restart.</summary>
    void Unload();
}

/// <summary>A model that decisions use.</summary>
/// <param name="Manifest">As JSON: what it was trained on, and what it is worth.</param>
public sealed record ModelInForce(string Version, bool IsPublished, ReadOnlyMemory<byte> Manifest);
