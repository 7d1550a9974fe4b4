using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Backtest;

/// <summary>Makes recorded decisions again, from what is recorded with them. One thread at a time.</summary>
public sealed class Replay(BacktestPlan plan)
{
    private readonly Dictionary<int, RuleSet?> rules = [];

    /// <summary>The decision by the plan's rules on the recorded features and facts.</summary>
    /// <param name="modelAsRecorded">Whether what the model found was taken from the record.</param>
    /// <returns>Null where its rule set is not known.</returns>
    public RiskDecision? Again(RiskDecision recorded, out bool modelAsRecorded)
    {
        modelAsRecorded = false;
        if (RulesOf(recorded.RuleSetVersion) is not { } set)
            return null;
        var features = new FeatureVector(recorded.Values as long[] ?? [.. recorded.Values]);
        IRiskModel? model = null;
        if (recorded.Model is { } said)
        {
            var loaded = plan.ModelOf(said.Version);
            modelAsRecorded = loaded is null;
            model = new RecordedModel(said, loaded);
        }

        var again = RiskDecider.Decide(set, model, features, recorded.Facts, recorded.DecidedAtMs, recorded.FellBack);
        // A decision of before approvals were left unexplained has its reasons nonetheless.
        if (recorded.Model is { Contributions.Count: > 0 } && again.Model is { Contributions.Count: 0 })
            again = again with { Model = again.Model with { Contributions = model!.Explain(features) } };
        // A decision of before the last features were added has none of them.
        return recorded.Values.Count == again.Values.Count ? again : again with { Values = recorded.Values };
    }

    /// <summary>The rules of a decision, with the plan's changes; null where they are not known.</summary>
    public RuleSet? RulesOf(int version)
    {
        if (!rules.TryGetValue(version, out var set))
            rules.Add(version, set = plan.RulesOf(version) is { } before ? plan.Changes.Apply(before) : null);
        return set;
    }

    /// <summary>The model of a decision: whether it counted then, counts again.</summary>
    private sealed class RecordedModel(ModelFinding said, IRiskModel? loaded) : IRiskModel
    {
        public string Version => said.Version;

        public bool IsPublished => said.IsPublished;

        public ModelFinding Score(FeatureVector features) => loaded is null ? said : loaded.Score(features) with { IsPublished = said.IsPublished };

        public IReadOnlyList<ModelContribution> Explain(FeatureVector features) => loaded is null ? said.Contributions : loaded.Explain(features);
    }
}
