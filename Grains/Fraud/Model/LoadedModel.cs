using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Model;

/// <summary>A trained model over the features of a decision. Immutable, for many threads at once.</summary>
public sealed class LoadedModel : IRiskModel
{
    /// <summary>How many features are named as reasons.</summary>
    public const int MaxContributions = 5;

    private const int MicrologitsPerMillilogit = 1_000;

    private readonly TrainedModel model;
    private readonly int[] features;
    private readonly bool isPlain;
    private readonly TreeWalk walk;

    /// <exception cref="InvalidDataException">The model asks for a feature that this release does not compute.</exception>
    public LoadedModel(TrainedModel model, bool isPublished)
    {
        this.model = model;
        IsPublished = isPublished;
        features = [.. model.Manifest.Features.Select(Find)];
        walk = new TreeWalk(model.Trees);
        isPlain = features.Index().All(static feature => feature.Index == feature.Item);
    }

    public string Version => model.Manifest.Version;

    public bool IsPublished { get; }

    public ModelManifest Manifest => model.Manifest;

    public ModelFinding Score(FeatureVector features)
    {
        Span<long> gathered = stackalloc long[isPlain ? 0 : this.features.Length];
        var ppm = model.Calibration.PpmOf(walk.Logit(Row(features, gathered)));
        return new ModelFinding(Version, ppm, model.Points.PointsOf(ppm), IsPublished, []);
    }

    public IReadOnlyList<ModelContribution> Explain(FeatureVector features)
    {
        Span<long> gathered = stackalloc long[isPlain ? 0 : this.features.Length];
        Span<long> contributions = stackalloc long[this.features.Length];
        model.Trees.Logit(Row(features, gathered), contributions);
        return Largest(contributions);
    }

    /// <param name="gathered">Takes the row where the model's columns do not stand as the features do.</param>
    private ReadOnlySpan<long> Row(FeatureVector features, Span<long> gathered)
    {
        if (isPlain)
            return features.Values[..this.features.Length];
        for (var column = 0; column < gathered.Length; column++)
            gathered[column] = features.Values[this.features[column]];
        return gathered;
    }

    // Few of few: each is looked for among all, and what was taken is struck out. Of two alike, the first column's.
    private ModelContribution[] Largest(Span<long> contributions)
    {
        var largest = new ModelContribution[MaxContributions];
        var count = 0;
        while (count < largest.Length)
        {
            var best = 0;
            for (var column = 1; column < contributions.Length; column++)
            {
                if (Math.Abs(contributions[column]) > Math.Abs(contributions[best]))
                    best = column;
            }

            var millilogits = contributions.Length == 0 ? 0 : (int)(contributions[best] / MicrologitsPerMillilogit);
            if (millilogits == 0)
                break;
            largest[count++] = new ModelContribution(model.Manifest.Features[best], millilogits);
            contributions[best] = 0;
        }

        return count == largest.Length ? largest : largest[..count];
    }

    private static int Find(string name)
    {
        if (FeatureNames.TryParse(name, out var feature))
            return (int)feature;
        throw new InvalidDataException($"The model asks for the feature '{name}', which this release does not compute.");
    }
}
