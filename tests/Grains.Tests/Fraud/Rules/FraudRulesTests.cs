using Grains.Fraud;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

public sealed class FraudRulesTests
{
    [Fact]
    public void They_stand_by_name_and_each_once()
    {
        var names = FraudRules.All.Select(static rule => rule.Name).ToList();
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
        Assert.Equal(
            typeof(FraudRules).Assembly.GetTypes().Where(static type => type.Namespace == typeof(FraudRules).Namespace && type.IsAssignableTo(typeof(IFraudRule)) && type is { IsClass: true, IsAbstract: false }).Select(static type => type.Name).Order(StringComparer.Ordinal),
            FraudRules.All.Select(static rule => rule.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Travel_lists_and_card_testing_are_published_and_all_others_shadow()
    {
        var rules = FraudRules.Default();
        Assert.Equal((1, 50, 90), (rules.Version, rules.ReviewAt, rules.DeclineAt));
        Assert.Equal(
            ["allow_list", "block_list", "card_testing", "impossible_travel", "watch_list"],
            rules.Rules.Where(static rule => rule.Mode == RuleMode.Published).Select(static rule => rule.Rule.Name));
        Assert.All(rules.Rules, static rule => Assert.True(rule is { Version: 1, Mode: RuleMode.Published or RuleMode.Shadow }));
    }

    [Fact]
    public void Every_parameter_as_delivered_is_within_its_bounds_and_points_come_first()
    {
        foreach (var rule in FraudRules.All)
        {
            Assert.Equal("points", rule.Parameters[0].Name);
            Assert.Equal(rule.Parameters.Count, rule.Parameters.Select(static parameter => parameter.Name).Distinct().Count());
            foreach (var parameter in rule.Parameters)
                Assert.InRange(parameter.Default, parameter.Min, parameter.Max);
        }
    }

    [Theory]
    [InlineData(FeatureVector.Missing)]
    [InlineData(0L)]
    public void Where_nothing_speaks_nothing_is_allocated(long value)
    {
        var vector = new FeatureVector();
        foreach (var feature in Enum.GetValues<Feature>())
            vector[feature] = value;
        var defaults = FraudRules.All.Select(static rule => FraudRules.Defaults(rule)).ToList();
        Assert.Equal(0, Spoken(vector, defaults));
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Spoken(vector, defaults);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Contributions_sum_to_the_score()
    {
        var vector = new FeatureVector { [Feature.OnWatchList] = 1, [Feature.TravelMetres] = 5_570_230, [Feature.TravelMs] = 7_200_000, [Feature.CountryMismatch] = 1, [Feature.Amount] = 1 };
        var verdict = RiskDecider.Decide(FraudRules.Default(), null, vector, RiskFacts.None, 0);
        Assert.Equal((100, RiskOutcome.Decline), (verdict.Score, verdict.Outcome));
        Assert.Equal(["impossible_travel", "watch_list", "country_mismatch"], verdict.Reasons.Select(static spoken => spoken.Rule));
        vector[Feature.OnAllowList] = 1;
        vector[Feature.OnBlockList] = 0;
        Assert.Equal((10, RiskOutcome.Approve), Outcome(vector));
        vector[Feature.OnBlockList] = 1;
        Assert.Equal((100, RiskOutcome.Decline), Outcome(vector));
        Assert.Equal((60, RiskOutcome.Review), Outcome(new FeatureVector { [Feature.TravelMetres] = 5_570_230, [Feature.TravelMs] = 7_200_000 }));
    }

    [Fact]
    public void The_document_names_every_feature_rule_and_parameter()
    {
        var document = File.ReadAllText(Path.Combine(Root(), "docs", "fraud-features.md"));
        foreach (var feature in Enum.GetNames<Feature>())
            Assert.Contains($"`{feature}`", document, StringComparison.Ordinal);
        foreach (var rule in FraudRules.All)
        {
            var row = document.Split('\n').Single(line => line.StartsWith($"| `{rule.Name}` |", StringComparison.Ordinal));
            Assert.Contains($"| {(rule.DefaultMode == RuleMode.Published ? "published" : "shadow")} |", row, StringComparison.Ordinal);
            foreach (var parameter in rule.Parameters)
                Assert.Contains(FormattableString.Invariant($"`{parameter.Name}` {parameter.Default:N0}"), row, StringComparison.Ordinal);
        }
    }

    private static (int Score, RiskOutcome Outcome) Outcome(FeatureVector vector)
    {
        var verdict = RiskDecider.Decide(FraudRules.Default(), null, vector, RiskFacts.None, 0);
        return (verdict.Score, verdict.Outcome);
    }

    private static int Spoken(FeatureVector vector, List<long[]> defaults)
    {
        var spoken = 0;
        for (var index = 0; index < defaults.Count; index++)
            spoken += FraudRules.All[index].Evaluate(new RuleInput(vector, RiskFacts.None, defaults[index])) is null ? 0 : 1;
        return spoken;
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Payments.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("The tests run inside the repository.");
    }
}
