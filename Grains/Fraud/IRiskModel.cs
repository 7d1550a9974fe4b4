using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>A trained model as decisions use it. Immutable, for many threads at once.</summary>
public interface IRiskModel
{
    /// <summary>The model file's version.</summary>
    string Version { get; }

    /// <summary>Whether its points count.</summary>
    bool IsPublished { get; }

    /// <summary>What it finds, without the features that moved it.</summary>
    ModelFinding Score(FeatureVector features);

    /// <summary>The features that moved its score most, the largest first.</summary>
    IReadOnlyList<ModelContribution> Explain(FeatureVector features);
}
