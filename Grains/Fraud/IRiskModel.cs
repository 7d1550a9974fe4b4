using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>A trained model as decisions use it. Immutable, for many threads at once.</summary>
public interface IRiskModel
{
    /// <summary>The model file's version.</summary>
    string Version { get; }

    /// <summary>Whether its points count.</summary>
    bool IsPublished { get; }

    ModelFinding Score(FeatureVector features);
}
