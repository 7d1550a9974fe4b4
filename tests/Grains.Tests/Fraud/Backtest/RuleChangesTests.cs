using System.Text.Json;
using Grains.Fraud;
using Grains.Fraud.Backtest;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Backtest;

/// <summary>What may be tried out, and how it is refused.</summary>
public sealed class RuleChangesTests
{
    [Fact]
    public void What_is_left_out_stays_as_it_is()
    {
        var before = FraudRules.Default();
        Assert.Same(before, Read("{}").Apply(before));
        var after = Read("""{"reviewAt":40,"rules":[{"name":"impossible_travel","parameters":{"max_speed_kmh":900}},{"name":"new_device","mode":"published"},{"name":"fan_in","mode":"retired"}]}""").Apply(before);
        Assert.Equal((before.Version, 40, before.DeclineAt), (after.Version, after.ReviewAt, after.DeclineAt));
        Assert.Equal(before.Rules.Count - 1, after.Rules.Count);
        Assert.DoesNotContain(after.Rules, static rule => rule.Rule.Name == "fan_in");
        Assert.Equal(RuleMode.Published, Rule(after, "new_device").Mode);
        var (was, now) = (Rule(before, "impossible_travel"), Rule(after, "impossible_travel"));
        Assert.Equal((was.Mode, was.Version), (now.Mode, now.Version));
        Assert.Equal([was.Parameters[0], was.Parameters[1], 900], now.Parameters);
        Assert.Equal(1_000, was.Parameters[2]);
        // A rule that was not evaluated is, by its own parameters.
        Assert.Equal(FraudRules.Defaults(Rule(before, "fan_in").Rule), Rule(Read("""{"rules":[{"name":"fan_in","mode":"shadow"}]}""").Apply(after), "fan_in").Parameters);
    }

    [Theory]
    [InlineData("""{"rules":[{"name":"fan_in"}]}""", "1 Published 30, 2 Shadow 70")]
    [InlineData("""{"rules":[{"name":"fan_in"},{"name":"new_device","mode":"published"}]}""", "1 Published 30, 2 Shadow 70")]
    [InlineData("""{"rules":[{"name":"fan_in","parameters":{"points":40}}]}""", "1 Published 40, 2 Shadow 70")]
    [InlineData("""{"rules":[{"name":"fan_in","mode":"published","parameters":{"points":40}}]}""", "1 Published 40, 2 Shadow 70")]
    [InlineData("""{"rules":[{"name":"fan_in","mode":"shadow"}]}""", "1 Shadow 30")]
    [InlineData("""{"rules":[{"name":"fan_in","mode":"retired"}]}""", "")]
    public void Of_two_versions_in_force_the_one_that_counts_is_changed(string json, string expected)
    {
        var rules = FraudRules.Default();
        var fanIn = Rule(rules, "fan_in");
        ActiveRule With(int version, RuleMode mode, long points) => fanIn with { Version = version, Mode = mode, Parameters = [points, .. fanIn.Parameters[1..]] };
        var before = rules with { Rules = [.. rules.Rules.Where(rule => rule != fanIn), With(1, RuleMode.Published, 30), With(2, RuleMode.Shadow, 70)] };
        var after = Read(json).Apply(before);
        Assert.Equal(expected, string.Join(", ", after.Rules.Where(static rule => rule.Rule.Name == "fan_in").Select(static rule => $"{rule.Version} {rule.Mode} {rule.Parameters[0]}")));
    }

    [Theory]
    [InlineData("[]", "rules")]
    [InlineData("""{"review":1}""", "?")]
    [InlineData("""{"\ud800":1}""", "?")]
    [InlineData("""{"reviewAt":0}""", "reviewAt")]
    [InlineData("""{"reviewAt":"40"}""", "reviewAt")]
    [InlineData("""{"declineAt":102}""", "declineAt")]
    [InlineData("""{"declineAt":1.5}""", "declineAt")]
    [InlineData("""{"reviewAt":90,"declineAt":80}""", "reviewAt")]
    [InlineData("""{"reviewAt":40,"reviewAt":41}""", "reviewAt")]
    [InlineData("""{"rules":{}}""", "rules")]
    [InlineData("""{"rules":[7]}""", "rules[0]", "rules[0].name")]
    [InlineData("""{"rules":[{}]}""", "rules[0].name")]
    [InlineData("""{"rules":[{"name":"\ud800"}]}""", "rules[0].name")]
    [InlineData("""{"rules":[{"name":"no_such_rule"}]}""", "rules[0].name")]
    [InlineData("""{"rules":[{"name":"fan_in"},{"name":"fan_in"}]}""", "rules[1].name")]
    [InlineData("""{"rules":[{"name":"fan_in","mode":"on"}]}""", "rules[0].mode")]
    [InlineData("""{"rules":[{"name":"fan_in","parameters":{"speed":1}}]}""", "rules[0].parameters.?")]
    [InlineData("""{"rules":[{"name":"impossible_travel","parameters":{"points":101}}]}""", "rules[0].parameters.points")]
    [InlineData("""{"rules":[{"name":"impossible_travel","parameters":[1]}]}""", "rules[0].parameters")]
    public void A_wrong_change_names_its_field(string json, params string[] paths)
    {
        using var document = JsonDocument.Parse(json);
        var (changes, errors) = RuleChangesReader.Read(document.RootElement);
        Assert.Null(changes);
        Assert.Equal(paths, errors.Select(static error => error.Path));
    }

    [Fact]
    public void Reviews_do_not_begin_above_declines()
    {
        var changes = Read("""{"reviewAt":95}""");
        Assert.NotNull(changes.FaultOn(FraudRules.Default()));
        Assert.Throws<InvalidDataException>(() => changes.Apply(FraudRules.Default()));
    }

    private static ActiveRule Rule(RuleSet set, string name) => set.Rules.Single(rule => rule.Rule.Name == name);

    private static RuleChanges Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var (changes, errors) = RuleChangesReader.Read(document.RootElement);
        Assert.Empty(errors);
        return changes!;
    }
}
