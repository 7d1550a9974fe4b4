using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>
/// One fraud rule: pure. Features, words and parameters in; a finding, or none, out. It asks nothing and remembers nothing. A missing
/// feature never speaks against a payment.
/// </summary>
public interface IFraudRule
{
    /// <summary>snake_case; stored: never changes, never is reused.</summary>
    string Name { get; }

    /// <summary>One sentence for analysts: what pattern it finds.</summary>
    string Description { get; }

    /// <summary>In the order of <see cref="RuleInput.Parameters"/>.</summary>
    IReadOnlyList<RuleParameter> Parameters { get; }

    /// <summary>Out of the box.</summary>
    RuleMode DefaultMode { get; }

    /// <summary>Null where it has nothing to say.</summary>
    RuleFinding? Evaluate(in RuleInput input);
}

/// <summary>What an analyst may set of a rule, as a whole number.</summary>
/// <param name="Name">snake_case, unique in its rule.</param>
/// <param name="Unit">What it counts: points, payments, minor units, km/h, ms, …</param>
public sealed record RuleParameter(string Name, string Unit, long Default, long Min, long Max, string Description);

/// <summary>What a rule looks at.</summary>
public readonly ref struct RuleInput(FeatureVector features, RiskFacts facts, ReadOnlySpan<long> parameters)
{
    public FeatureVector Features { get; } = features;

    public RiskFacts Facts { get; } = facts;

    /// <summary>Values of <see cref="IFraudRule.Parameters"/>, in their order.</summary>
    public ReadOnlySpan<long> Parameters { get; } = parameters;
}

/// <summary>What a rule found.</summary>
/// <param name="Points">−100 to 100, not 0.</param>
/// <param name="Text">A sentence with its numbers.</param>
/// <param name="Looked">The features that it looked at.</param>
/// <param name="Threshold">What the value that spoke was held against.</param>
public sealed record RuleFinding(int Points, string Text, IReadOnlyList<Feature> Looked, long Threshold);
