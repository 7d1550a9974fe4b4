using Grains.Fraud;
using Grains.Fraud.RuleBook;
using Grains.Fraud.Rules;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.RuleBook;

/// <summary>The life of a rule's version, step by step, without a ledger: who may do what, when, and what is in force after it.</summary>
public sealed class RuleDecisionTests
{
    private static readonly IFraudRule Travel = FraudRules.All.Single(static rule => rule.Name == "impossible_travel");

    private IFraudRule rule = Travel;
    private RuleBookState book = RuleBookState.Delivered;
    private long number;
    private bool fourEyes;

    [Fact]
    public void As_delivered_a_rule_has_the_product_s_version_and_the_set_is_the_delivered_one()
    {
        Assert.Equal(("published:1", 0), (Modes(), book.Revision(Travel.Name)));
        var set = RuleSets.ToActive(book.SetInForce, out var unknown);
        Assert.Empty(unknown);
        Assert.Equal(FraudRules.Default().Rules.Select(static rule => (rule.Rule.Name, rule.Mode, string.Join(',', rule.Parameters))), set.Rules.Select(static rule => (rule.Rule.Name, rule.Mode, string.Join(',', rule.Parameters))));
    }

    [Theory]
    [InlineData("draft", "published:1 draft:2", 1)]
    [InlineData("draft validate:2", "published:1 validated:2", 1)]
    [InlineData("draft validate:2 shadow:2", "published:1 shadow:2", 2)]
    [InlineData("draft validate:2 publish:2", "retired:1 published:2", 2)]
    [InlineData("draft validate:2 shadow:2 publish:2", "retired:1 published:2", 3)]
    [InlineData("draft validate:2 publish:2 retire:2", "retired:1 retired:2", 3)]
    [InlineData("draft validate:2 publish:2 revert", "published:1 retired:2", 3)]
    [InlineData("draft validate:2 publish:2 revert revert", "retired:1 published:2", 4)]
    [InlineData("draft validate:2 publish:2 draft validate:3 publish:3 revert:1", "published:1 retired:2 retired:3", 4)]
    [InlineData("draft validate:2 publish:2 draft validate:3 publish:3 revert", "retired:1 published:2 retired:3", 4)]
    [InlineData("draft validate:2 publish:2 retire:2 revert", "retired:1 published:2", 4)]
    [InlineData("draft validate:2 publish:2 retire:2 shadow:1", "shadow:1 retired:2", 4)]
    [InlineData("draft validate:2 shadow:2 draft validate:3 shadow:3", "published:1 retired:2 shadow:3", 3)]
    [InlineData("draft retire:2", "published:1 retired:2", 1)]
    [InlineData("retire:1", "retired:1", 2)]
    public void Steps_in_order_lead_there(string steps, string modes, int ruleSet)
    {
        foreach (var step in steps.Split(' '))
            Assert.Equal(RuleBookOutcome.Recorded, Do(step).Outcome);
        Assert.Equal((modes, ruleSet), (Modes(), book.SetInForce.Version));
        Assert.Equal(book.Versions(Travel).Where(static version => version.Mode is RuleMode.Published or RuleMode.Shadow).Select(static version => (version.Version, version.Mode)),
            book.SetInForce.Rules.Where(static rule => rule.Rule == "impossible_travel").Select(static rule => (rule.Version, rule.Mode)));
    }

    [Theory]
    [InlineData("", "publish:2", RuleBookOutcome.Unknown)]
    [InlineData("draft", "publish:2", RuleBookOutcome.NotInPlace)]
    [InlineData("draft", "shadow:2", RuleBookOutcome.NotInPlace)]
    [InlineData("draft validate:2", "validate:2", RuleBookOutcome.NotInPlace)]
    [InlineData("draft validate:2 publish:2", "publish:2", RuleBookOutcome.NotInPlace)]
    [InlineData("draft validate:2 publish:2", "shadow:2", RuleBookOutcome.NotInPlace)]
    [InlineData("draft validate:2 publish:2", "publish:1", RuleBookOutcome.NotInPlace)]
    [InlineData("draft retire:2", "shadow:2", RuleBookOutcome.NotInPlace)]
    [InlineData("draft retire:2", "revert:2", RuleBookOutcome.NotInPlace)]
    [InlineData("draft retire:2", "retire:2", RuleBookOutcome.NotInPlace)]
    [InlineData("", "revert", RuleBookOutcome.NotInPlace)]
    [InlineData("draft validate:2", "revert:2", RuleBookOutcome.NotInPlace)]
    public void Steps_out_of_order_are_refused_and_change_nothing(string steps, string step, RuleBookOutcome outcome)
    {
        foreach (var before in steps.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Do(before);
        var was = Modes();
        Assert.Equal((outcome, was), (Do(step).Outcome, Modes()));
    }

    [Theory]
    [InlineData("draft@ann validate:2@ann", "publish:2@ann", "ann")]
    [InlineData("draft@ann validate:2@ann", "publish:2@bob", null)]
    [InlineData("draft@ann validate:2@bob", "publish:2@ann", "ann")]
    [InlineData("draft@ann validate:2@ann shadow:2@ann", "publish:2@ann", "ann")]
    [InlineData("draft@ann validate:2@ann publish:2@bob", "retire:2@ann", "ann")]
    [InlineData("draft@ann validate:2@ann publish:2@bob", "retire:2@bob", null)]
    [InlineData("retire:1@ann", "retire:1@ann", "ann")]
    [InlineData("retire:1@ann", "retire:1@bob", null)]
    [InlineData("draft@ann validate:2@ann publish:2@bob revert@bob", "revert@bob", "bob")]
    [InlineData("draft@ann validate:2@ann publish:2@bob revert@ann", "revert@bob", null)]
    [InlineData("draft@ann", "retire:2@ann", null)]
    public void What_acts_takes_two_people(string steps, string step, string? refusedFor)
    {
        fourEyes = true;
        foreach (var before in steps.Split(' '))
            Assert.Equal(RuleBookOutcome.Recorded, Do(before).Outcome);
        var answer = Do(step);
        Assert.Equal((refusedFor is null ? RuleBookOutcome.Recorded : RuleBookOutcome.FourEyes, refusedFor), (answer.Outcome, answer.By));
    }

    [Fact]
    public void The_first_of_two_people_changes_nothing_that_acts()
    {
        fourEyes = true;
        var asked = Decide("retire:1@ann");
        Assert.Equal((EventType.FraudRuleChangeAsked, (FraudRuleSet?)null), (asked.Event, asked.Set));
        Do("retire:1@ann");
        Assert.Equal("published:1", Modes());
        Assert.Equal((RuleAction.Retire, "ann"), (book.Versions(Travel)[0].Asked, book.Versions(Travel)[0].AskedBy));
        // Having asked for one thing is not having asked for another.
        Do("draft@bob");
        Do("validate:2@bob");
        Assert.Equal(RuleBookOutcome.Recorded, Do("publish:2@ann").Outcome);
        Assert.Null(book.Versions(Travel)[0].Asked);
    }

    [Fact]
    public void A_draft_begins_from_what_is_published_and_never_changes_what_was()
    {
        Do("draft", [new ParameterValue("points", 40)], [new RuleCondition(Feature.Amount, ConditionOperator.AtLeast, 100)]);
        Do("validate:2");
        Do("publish:2");
        Do("draft", [new ParameterValue("max_speed_kmh", 900)]);
        var (second, third) = (book.Versions(Travel)[1], book.Versions(Travel)[2]);
        Assert.Equal([new("points", 40), new("min_distance_km", 100), new("max_speed_kmh", 900)], third.Parameters);
        Assert.Equal(second.Conditions, third.Conditions);
        Assert.Equal([40, 100, 1_000], RuleSets.ToActive(book.SetInForce, out _).Rules.Single(static rule => rule.Rule.Name == "impossible_travel").Parameters);
        Assert.Equal([new("points", 60), new("min_distance_km", 100), new("max_speed_kmh", 1_000)], book.Versions(Travel)[0].Parameters);
    }

    [Theory]
    [InlineData("points", 0, "parameters.points")]
    [InlineData("points", 101, "parameters.points")]
    [InlineData("max_speed", 5, "parameters.max_speed")]
    public void Parameters_stay_within_what_the_code_takes(string name, long value, string path) =>
        Assert.Equal([path], Do("draft", [new ParameterValue(name, value)]).Errors.Select(static error => error.Path));

    [Theory]
    [InlineData(ConditionOperator.Greater, 10, ConditionOperator.Less, 11, true)]
    [InlineData(ConditionOperator.Greater, 10, ConditionOperator.Less, 12, false)]
    [InlineData(ConditionOperator.AtLeast, 10, ConditionOperator.AtMost, 10, false)]
    [InlineData(ConditionOperator.Equal, 10, ConditionOperator.Equal, 11, true)]
    [InlineData(ConditionOperator.Greater, long.MaxValue, ConditionOperator.AtLeast, 0, false)]
    [InlineData(ConditionOperator.Less, long.MinValue + 1, ConditionOperator.AtLeast, long.MinValue + 1, true)]
    public void Conditions_that_contradict_each_other_are_not_validated(ConditionOperator first, long low, ConditionOperator second, long high, bool contradict)
    {
        Do("draft", [], [new RuleCondition(Feature.Amount, first, low), new RuleCondition(Feature.Count1Hour, second, high), new RuleCondition(Feature.Amount, second, high)]);
        var answer = Do("validate:2");
        Assert.Equal(contradict ? ["conditions[2]"] : (string[])[], answer.Errors.Select(static error => error.Path));
        Assert.Equal(contradict ? "published:1 draft:2" : "published:1 validated:2", Modes());
    }

    [Fact]
    public void What_says_the_same_as_what_is_published_is_not_validated()
    {
        Do("draft", []);
        Assert.Equal(["version"], Do("validate:2").Errors.Select(static error => error.Path));
    }

    [Fact]
    public void A_command_on_another_revision_is_refused_and_says_who()
    {
        Do("draft@ann");
        var decided = RuleDecision.Decide(book, Travel, new RuleCommand { Rule = Travel.Name, Action = RuleAction.Validate, Version = 2, Revision = 0, Actor = "bob", Tenant = 1 }, false, 1);
        Assert.Equal((RuleBookOutcome.Changed, "ann"), (decided.Answer.Outcome, decided.Answer.By));
    }

    [Theory]
    [InlineData(ConditionOperator.Less, "<", 9, 10)]
    [InlineData(ConditionOperator.AtMost, "<=", 10, 11)]
    [InlineData(ConditionOperator.Equal, "=", 10, 9)]
    [InlineData(ConditionOperator.AtLeast, ">=", 10, 9)]
    [InlineData(ConditionOperator.Greater, ">", 11, 10)]
    public void A_rule_speaks_only_where_its_conditions_hold(ConditionOperator condition, string sign, long holds, long fails)
    {
        Assert.Equal(sign, condition.Sign());
        Assert.True(ConditionSigns.TryParse(sign, out var parsed) && parsed == condition);
        var rule = new ActiveRule(Travel, 1, RuleMode.Published, FraudRules.Defaults(Travel)) { Conditions = [new RuleCondition(Feature.Amount, condition, 10)] };
        var set = new RuleSet(2, [rule], 50, 90);
        int Score(long? amount)
        {
            var features = new FeatureVector { [Feature.TravelMetres] = 5_000_000, [Feature.TravelMs] = 1_000 };
            if (amount is { } known)
                features[Feature.Amount] = known;
            return RiskDecider.Decide(set, null, features, RiskFacts.None, 0).Score;
        }

        Assert.Equal((60, 0, 0), (Score(holds), Score(fails), Score(null)));
    }

    [Fact]
    public void A_rule_of_another_release_is_left_out_and_named()
    {
        var set = new FraudRuleSet { Version = 3, ReviewAt = 50, DeclineAt = 90, Rules = [new RuleInSet("gone", 1, RuleMode.Published, [], []), new RuleInSet("impossible_travel", 2, RuleMode.Published, [new ParameterValue("points", 7)], [])] };
        var active = RuleSets.ToActive(set, out var unknown);
        Assert.Equal(["gone"], unknown);
        Assert.Equal([7, 100, 1_000], Assert.Single(active.Rules).Parameters);
        // And one that a stored set does not know is not in force by itself.
        var later = RuleBookState.Delivered with { Set = set };
        Assert.Equal(RuleMode.Validated, later.Versions(FraudRules.All.Single(static rule => rule.Name == "block_list"))[0].Mode);
    }

    [Fact]
    public void Thresholds_are_changed_as_rules_are_and_always_in_force()
    {
        rule = ScoreThresholds.Rule;
        Do("draft", [new ParameterValue("review_at", 95)]);
        Assert.Equal(["parameters.decline_at"], Do("validate:2").Errors.Select(static error => error.Path));
        Do("draft", [new ParameterValue("review_at", 40)], [new RuleCondition(Feature.Amount, ConditionOperator.Less, 1)]);
        Assert.Equal(["conditions"], Do("validate:3").Errors.Select(static error => error.Path));
        Do("draft", [new ParameterValue("review_at", 40)]);
        Do("validate:4");
        Assert.Equal(RuleBookOutcome.NotInPlace, Do("shadow:4").Outcome);
        Do("publish:4");
        Assert.Equal((2, 40, 90, FraudRules.All.Count), (book.SetInForce.Version, book.SetInForce.ReviewAt, book.SetInForce.DeclineAt, book.SetInForce.Rules.Count));
        Assert.Equal(RuleBookOutcome.NotInPlace, Do("retire:4").Outcome);
        Do("revert");
        Assert.Equal((3, 50, 90), (book.SetInForce.Version, book.SetInForce.ReviewAt, book.SetInForce.DeclineAt));
        Assert.Equal("published:1 draft:2 draft:3 retired:4", Modes());
    }

    private RuleDecided Decide(string step, IReadOnlyList<ParameterValue>? parameters = null, IReadOnlyList<RuleCondition>? conditions = null)
    {
        var (action, version, actor) = (step.Split('@')[0].Split(':')[0], step.Split('@')[0].Split(':').ElementAtOrDefault(1), step.Split('@').ElementAtOrDefault(1) ?? "ann");
        return RuleDecision.Decide(book, rule, new RuleCommand
        {
            Rule = rule.Name,
            Action = Enum.Parse<RuleAction>(action, ignoreCase: true),
            Version = int.Parse(version ?? "0"),
            Parameters = parameters ?? [new ParameterValue("points", 40 + book.Versions(rule).Count)],
            Conditions = conditions,
            Actor = actor,
            Tenant = 1,
        }, fourEyes, 1_000);
    }

    private RuleBookAnswer Do(string step, IReadOnlyList<ParameterValue>? parameters = null, IReadOnlyList<RuleCondition>? conditions = null)
    {
        var decided = Decide(step, parameters, conditions);
        if (decided.Answer.Outcome != RuleBookOutcome.Recorded)
            return decided.Answer;
        foreach (var version in decided.Versions)
            book = book.With(version, book.NumberOf(version) ?? ++number);
        book = book with { Set = decided.Set ?? book.Set };
        return decided.Answer;
    }

    private string Modes() => string.Join(' ', book.Versions(rule).Select(static version => $"{version.Mode.ToString().ToLowerInvariant()}:{version.Version}"));
}
