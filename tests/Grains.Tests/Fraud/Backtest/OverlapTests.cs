using Grains.Fraud;
using Grains.Fraud.Backtest;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Backtest;

/// <summary>What a rule stops alone, and with whom.</summary>
public sealed class OverlapTests
{
    private const string Subject = "fan_in";

    private static readonly RuleSet Rules = new(1, [], ReviewAt: 50, DeclineAt: 90);

    // A voice is a rule's name, "model" or "allow", its points, and ~ where it is in shadow.
    [Theory]
    [InlineData("fan_in 60", "spoke stopped alone needed")]
    [InlineData("fan_in 40", "spoke")]
    [InlineData("structuring 60", "")]
    [InlineData("fan_in 60, structuring 60", "spoke stopped +structuring")]
    [InlineData("fan_in 30, structuring 30", "spoke stopped needed +structuring")]
    [InlineData("fan_in 30, structuring 30, new_device 20", "spoke stopped +structuring +new_device")]
    [InlineData("fan_in 60, structuring 60~", "spoke stopped alone needed ~structuring")]
    [InlineData("fan_in 60~", "spoke stopped alone needed", false)]
    [InlineData("fan_in 60~, structuring 50", "spoke stopped +structuring", false)]
    [InlineData("fan_in 60, fan_in 70~", "spoke stopped alone needed")]
    [InlineData("fan_in 60, allow_list -100", "spoke")]
    [InlineData("fan_in 60, allow_list -10", "spoke stopped alone needed")]
    [InlineData("fan_in 30, model 20", "spoke stopped needed +model")]
    [InlineData("fan_in 60, model 20~", "spoke stopped alone needed ~model")]
    [InlineData("fan_in 90, structuring 100, block_list 100", "spoke stopped +structuring +block_list")]
    public void One_payment_is_counted_where_it_belongs(string voices, string expected, bool counts = true)
    {
        var count = new OverlapCount(Subject);
        count.Add(Decision(voices), Rules, new Money(150, Currency.Usd));
        var report = count.Report();
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), Told(report).Order());
        Assert.Equal(counts && expected.Length > 0, report.Counts);
        Assert.All([report.Spoke, report.Stopped, report.Alone, report.Needed, .. report.Shared.Select(static one => one.Both)], static sum =>
            Assert.Equal(sum.Payments == 1 ? [new CurrencyAmount("USD", "1.50", 1)] : [], sum.Amounts));
    }

    [Fact]
    public void Of_many_decisions_it_is_what_a_direct_recomputation_gives()
    {
        const int Many = 20_000;
        var everything = FraudRules.Default() with { Rules = [.. FraudRules.Default().Rules.Select(static rule => rule with { Mode = RuleMode.Published })] };
        var named = new RuleChanges(null, null, [new RuleChange(everything.Rules.Single(static rule => rule.Rule.Name == "impossible_travel").Rule, null, [])]);
        var tally = new BacktestTally(BacktestPlan.Of(everything, model: null, named));
        var (stopped, alone, needed) = (0L, 0L, 0L);
        var shared = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (payment, decision, bytes) in new RecordedDecisions(RecordedDecisions.Desk(everything), 7).Take(Many))
        {
            tally.Add(payment, bytes);
            if (decision.Outcome == RiskOutcome.Approve || decision.Reasons.All(static reason => reason.Rule != "impossible_travel"))
                continue;
            var others = decision.Reasons.Where(static reason => reason.Rule != "impossible_travel").ToList();
            stopped++;
            alone += others.Exists(static reason => reason.Points > 0) ? 0 : 1;
            needed += others.Sum(static reason => reason.Points) < everything.ReviewAt ? 1 : 0;
            foreach (var other in others.Where(static reason => reason.Points > 0))
                shared[other.Rule] = shared.GetValueOrDefault(other.Rule) + 1;
        }

        var report = tally.Report();
        Assert.True(report.IsUnchanged, "A rule that is named is not changed.");
        Assert.Equal((Many, Many), (report.Decisions, report.Equal));
        var overlap = Assert.Single(report.Overlaps);
        Assert.Equal((stopped, alone, needed), (overlap.Stopped.Payments, overlap.Alone.Payments, overlap.Needed.Payments));
        Assert.Equal(shared.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => (pair.Key, pair.Value)), overlap.Shared.Select(static one => (one.With, one.Both.Payments)));
        Assert.InRange(alone, 1, needed - 1);
        Assert.InRange(needed, 1, stopped - 1);
    }

    private static IEnumerable<string> Told(RuleOverlap report)
    {
        foreach (var (name, sum) in new[] { ("spoke", report.Spoke), ("stopped", report.Stopped), ("alone", report.Alone), ("needed", report.Needed) })
            if (sum.Payments == 1)
                yield return name;
        foreach (var one in report.Shared)
            yield return (one.Counts ? "+" : "~") + one.With;
    }

    private static RiskDecision Decision(string voices)
    {
        var reasons = new List<RiskReason>();
        ModelFinding? model = null;
        foreach (var voice in voices.Split(", "))
        {
            var (name, points, isShadow) = (voice.Split(' ')[0], int.Parse(voice.Split(' ')[1].TrimEnd('~')), voice.EndsWith('~'));
            if (name == "model")
                model = new ModelFinding("m-1", 0, points, !isShadow, []);
            else
                reasons.Add(new RiskReason(name, 1, isShadow ? RuleMode.Shadow : RuleMode.Published, RiskOutcome.Review, points, "", [], 0));
        }

        var score = Math.Clamp(reasons.Where(static reason => reason.Mode == RuleMode.Published).Sum(static reason => reason.Points) + (model is { IsPublished: true } ? model.Points : 0), 0, 100);
        return new RiskDecision { Outcome = Rules.OutcomeOf(score), Score = score, Reasons = reasons, RuleSetVersion = 1, Model = model, Values = [], DecidedAtMs = 0 };
    }
}
