using Grains.Fraud;
using Grains.Fraud.Backtest;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Backtest;

/// <summary>Recorded decisions made again: equal by unchanged rules, and different by exactly what was changed.</summary>
public sealed class ReplayTests
{
    private const int Many = 100_000;

    /// <summary>Every rule counts, so that scores are mixed.</summary>
    private static readonly RuleSet AllPublished = FraudRules.Default() with { Rules = [.. FraudRules.Default().Rules.Select(static rule => rule with { Mode = RuleMode.Published })] };

    [Fact]
    public void A_hundred_thousand_decisions_replayed_by_unchanged_rules_are_equal()
    {
        var tally = new BacktestTally(BacktestPlan.Of(AllPublished, model: null));
        foreach (var (payment, _, bytes) in new RecordedDecisions(RecordedDecisions.Desk(AllPublished), 1).Take(Many))
            tally.Add(payment, bytes);
        var report = tally.Report();
        Assert.Equal((Many, Many, Many, 0, 0, 0), (report.Payments, report.Decisions, report.Equal, report.Restated, report.Changed, report.NotReplayed));
        Assert.False(report.IsFinding);
        Assert.Empty(report.Samples);
        // Every outcome occurs, or equality would say little.
        Assert.All(report.Outcomes, static pair => Assert.InRange(pair.Payments, 500, Many));
        Assert.Equal(3, report.Outcomes.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_model_is_asked_again_or_taken_as_recorded(bool isLoaded)
    {
        var model = new AmountModel("m-1");
        var tally = new BacktestTally(BacktestPlan.Of(AllPublished, isLoaded ? model : null));
        foreach (var (payment, _, bytes) in new RecordedDecisions(RecordedDecisions.Desk(AllPublished, model), 2).Take(2_000))
            tally.Add(payment, bytes);
        Assert.Equal((2_000, isLoaded ? 0 : 2_000), (tally.Report().Equal, tally.Report().ModelAsRecorded));
    }

    [Fact]
    public void Another_model_of_the_same_name_is_found_out()
    {
        var tally = new BacktestTally(BacktestPlan.Of(AllPublished, new AmountModel("m-1", worth: 3)));
        foreach (var (payment, _, bytes) in new RecordedDecisions(RecordedDecisions.Desk(AllPublished, new AmountModel("m-1")), 2).Take(2_000))
            tally.Add(payment, bytes);
        Assert.True(tally.Report().IsFinding);
    }

    [Fact]
    public void One_threshold_changed_differs_by_what_a_direct_recomputation_says()
    {
        const int ReviewAt = 35;
        var tally = new BacktestTally(BacktestPlan.Of(AllPublished, null, RuleChanges.None with { ReviewAt = ReviewAt }));
        var expected = new Dictionary<(RiskOutcome From, RiskOutcome To, string Currency), (long Payments, long Money)>();
        foreach (var (payment, decision, bytes) in new RecordedDecisions(RecordedDecisions.Desk(AllPublished), 3).Take(20_000))
        {
            tally.Add(payment, bytes);
            var to = decision.Score >= 90 ? RiskOutcome.Decline : decision.Score >= ReviewAt ? RiskOutcome.Review : RiskOutcome.Approve;
            var key = (decision.Outcome, to, payment.Amount.Currency.Code);
            var (payments, money) = expected.GetValueOrDefault(key);
            expected[key] = (payments + 1, money + payment.Amount.MinorUnits);
        }

        var report = tally.Report();
        Assert.Equal(
            expected.GroupBy(static pair => (pair.Key.From, pair.Key.To)).Select(static group => (group.Key.From, group.Key.To, group.Sum(static pair => pair.Value.Payments))).Order(),
            report.Outcomes.Select(static pair => (pair.From, pair.To, pair.Payments)).Order());
        Assert.Equal(
            expected.Select(static pair => (pair.Key.From, pair.Key.To, pair.Key.Currency, new Money(pair.Value.Money, Currency.Parse(pair.Key.Currency)).ToDecimalString())).Order(),
            report.Outcomes.SelectMany(static pair => pair.Amounts.Select(money => (pair.From, pair.To, money.Currency, money.Amount))).Order());
        Assert.InRange(report.Changed, 100, 20_000);
        Assert.False(report.IsFinding);
    }

    [Fact]
    public void Two_replays_say_the_same()
    {
        static string Report()
        {
            var tally = new BacktestTally(BacktestPlan.Of(AllPublished, null, RuleChanges.None with { ReviewAt = 30 }));
            foreach (var (payment, _, bytes) in new RecordedDecisions(RecordedDecisions.Desk(AllPublished), 4).Take(5_000))
                tally.Add(payment, bytes);
            return System.Text.Json.JsonSerializer.Serialize(tally.Report(), BacktestJson.Default.BacktestReport);
        }

        Assert.Equal(Report(), Report());
    }

    [Fact]
    public void What_cannot_be_made_again_is_counted_and_not_compared()
    {
        var recorded = new RecordedDecisions(RecordedDecisions.Desk(AllPublished with { Version = 2 }), 5).Take(1).Single();
        var tally = new BacktestTally(BacktestPlan.Of(AllPublished, null));
        tally.Add(recorded.Payment, recorded.Bytes);
        tally.AddUnjudged();
        var report = tally.Report();
        Assert.Equal((2, 0, 1), (report.Payments, report.Decisions, report.NotReplayed));
        Assert.False(report.IsFinding);
    }

    [Fact]
    public void Labels_say_what_decisions_are_worth()
    {
        // Points by amount alone: 10, 40 and 60.
        var model = new AmountModel("m-1");
        var desk = RecordedDecisions.Desk(new RuleSet(1, [], 50, 90), model);
        var tally = new BacktestTally(BacktestPlan.Of(desk.Rules, model, RuleChanges.None with { ReviewAt = 40 }));
        (long Amount, CaseLabel? Label)[] payments =
        [
            (60, CaseLabel.ConfirmedFraud), (60, CaseLabel.FalsePositive), (60, CaseLabel.ValuableAlert), (60, null),
            (40, CaseLabel.ConfirmedFraud), (40, CaseLabel.FalsePositive), (40, CaseLabel.FalsePositive), (10, CaseLabel.ConfirmedFraud), (10, CaseLabel.FalsePositive),
        ];
        foreach (var ((amount, label), place) in payments.Select(static (payment, place) => (payment, place)))
        {
            var decision = RiskDecider.Decide(desk.Rules, model, new FeatureVector { [Feature.Amount] = amount }, RiskFacts.None, 1_000);
            tally.Add(new JudgedPayment(new PaymentId(1, place + 1), AccountId.Parse("payer"), new Money(amount, Currency.Usd), label), RiskDecisionCodec.Encode(decision));
        }

        var report = tally.Report();
        Assert.Equal(new BacktestRates("1", "2", "1", 0.5m, 0.3333m, 1m), report.Before.Payments);
        Assert.Equal(new BacktestRates("2", "1", "3", 0.4m, 0.6667m, 1.5m), report.After.Payments);
        Assert.Equal(new CurrencyRates("USD", new BacktestRates("0.60", "0.50", "0.60", 0.5m, 0.5455m, 1m)), Assert.Single(report.Before.Money));
        Assert.Equal(new CurrencyRates("USD", new BacktestRates("1.00", "0.10", "1.40", 0.4167m, 0.9091m, 1.4m)), Assert.Single(report.After.Money));
        // What changed, the largest money first; of as much, the oldest.
        Assert.Equal(["pay", "pay", "pay"], report.Samples.Select(static sample => sample.PaymentId[..3]));
        Assert.Equal([CaseLabel.ConfirmedFraud, CaseLabel.FalsePositive, CaseLabel.FalsePositive], report.Samples.Select(static sample => sample.Label));
        Assert.Equal((RiskOutcome.Approve, RiskOutcome.Review), (report.Samples[0].Before.Outcome, report.Samples[0].After.Outcome));
    }

    private sealed class AmountModel(string version, int worth = 1) : IRiskModel
    {
        public string Version => version;

        public bool IsPublished => true;

        public ModelFinding Score(FeatureVector features)
        {
            var points = (int)(features[Feature.Amount] * worth % 61);
            return new ModelFinding(version, points * 1_000, points, IsPublished, []);
        }

        public IReadOnlyList<ModelContribution> Explain(FeatureVector features) => [new ModelContribution("amount", Score(features).Points)];
    }
}
