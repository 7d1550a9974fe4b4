using System.Globalization;
using Grains.Fraud;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

/// <summary>
/// A rule's golden list: one case a line, <c>Feature=value … => silent</c> or <c>Feature=value … => points: sentence</c>, with the
/// rule's parameters as delivered. A feature that a case does not name is missing.
/// </summary>
internal static class GoldenList
{
    public static void Check<TRule>(string list, RiskFacts? facts = null)
        where TRule : IFraudRule, new()
    {
        var rule = new TRule();
        var said = new List<string>();
        foreach (var line in Lines(list))
        {
            var vector = Vector(line.Values);
            var finding = Evaluate(rule, vector, facts ?? RiskFacts.None);
            said.Add($"{line.Values} => {(finding is null ? "silent" : $"{finding.Points}: {finding.Text}")}");
            if (finding is null)
                continue;
            // What it says is backed by what it looked at, and falls silent without it.
            Assert.NotEmpty(finding.Looked);
            Assert.Null(Evaluate(rule, Without(vector, finding.Looked), facts ?? RiskFacts.None));
        }

        Assert.Equal(string.Join('\n', Lines(list).Select(static line => $"{line.Values} => {line.Said}")), string.Join('\n', said));
    }

    public static RuleFinding? Evaluate(IFraudRule rule, FeatureVector vector, RiskFacts facts) =>
        rule.Evaluate(new RuleInput(vector, facts, FraudRules.Defaults(rule)));

    private static IEnumerable<(string Values, string Said)> Lines(string list) =>
        list.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static line => line.Split("=>", 2, StringSplitOptions.TrimEntries))
            .Select(static parts => (parts[0], parts[1]));

    private static FeatureVector Vector(string values)
    {
        var vector = new FeatureVector();
        foreach (var pair in values.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static pair => pair != "-"))
        {
            var parts = pair.Split('=');
            vector[Enum.Parse<Feature>(parts[0])] = long.Parse(parts[1], NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        return vector;
    }

    private static FeatureVector Without(FeatureVector vector, IReadOnlyList<Feature> looked)
    {
        var without = new FeatureVector([.. vector.Values]);
        foreach (var feature in looked)
            without[feature] = FeatureVector.Missing;
        return without;
    }
}
