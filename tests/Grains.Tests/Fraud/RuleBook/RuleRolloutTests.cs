using Grains.Fraud;
using Grains.Fraud.RuleBook;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Sealing;

namespace Grains.Tests.Fraud.RuleBook;

/// <summary>A rule that acts on a share of payers: who is within it, and that a decision can be made again from what it records.</summary>
public sealed class RuleRolloutTests : IDisposable
{
    private static readonly IFraudRule Travel = FraudRules.All.Single(static rule => rule.Name == "impossible_travel");

    private readonly string folder = Directory.CreateTempSubdirectory("rollout-tests-").FullName;

    [Theory]
    [InlineData(30, 29, RuleMode.Published, 60)]
    [InlineData(30, 30, RuleMode.Shadow, 0)]
    [InlineData(1, 0, RuleMode.Published, 60)]
    [InlineData(99, 99, RuleMode.Shadow, 0)]
    [InlineData(null, 99, RuleMode.Published, 60)]
    [InlineData(30, null, RuleMode.Published, 60)]
    public void Below_the_share_it_acts_and_beyond_it_is_recorded(int? share, int? place, RuleMode mode, int score)
    {
        var decision = Decide(share, RuleMode.Published, place);
        Assert.Equal((mode, score), (Assert.Single(decision.Reasons).Mode, decision.Score));
        var bytes = RiskDecisionCodec.Encode(decision);
        var recorded = RiskDecisionCodec.Decode(bytes);
        Assert.Equal(place, recorded.Facts.PayerPlace);
        Assert.Equal(bytes, RiskDecisionCodec.Encode(Decide(share, RuleMode.Published, recorded.Facts.PayerPlace)));
    }

    [Fact]
    public void What_is_in_shadow_acts_on_nobody_whatever_its_share() => Assert.Equal(0, Decide(30, RuleMode.Shadow, 0).Score);

    [Fact]
    public void A_place_beyond_the_last_is_damage()
    {
        var bytes = RiskDecisionCodec.Encode(Decide(30, RuleMode.Published, 99));
        Assert.Equal(99, bytes[^1]);
        bytes[^1] = 100;
        Assert.Throws<InvalidDataException>(() => RiskDecisionCodec.Decode(bytes));
    }

    [Fact]
    public void Where_no_rule_asks_nothing_is_recorded()
    {
        var plain = Decide(null, RuleMode.Published, null);
        Assert.Equal(RiskDecisionCodec.Encode(Decide(null, RuleMode.Published, 5)).Length - 3, RiskDecisionCodec.Encode(plain).Length);
        Assert.False(FraudRules.Default().IsRollingOut);
    }

    [Fact]
    public void Payers_stand_evenly_and_each_where_it_stood()
    {
        var places = new PayerPlaces(MasterKey.Load(folder, mayCreate: true));
        var again = new PayerPlaces(MasterKey.Load(folder, mayCreate: false));
        var counts = new int[100];
        for (var payer = 0; payer < 20_000; payer++)
        {
            var id = AccountId.Parse($"payer_{payer}");
            counts[places.Of(id)]++;
            Assert.Equal(places.Of(id), again.Of(id));
        }

        // 200 expected, of standard deviation 14.
        Assert.All(counts, static count => Assert.InRange(count, 120, 280));
        Assert.Equal((7, 99), (PayerPlaces.OfCard(107), PayerPlaces.OfCard(99)));
        Assert.InRange(PayerPlaces.OfCard(-1), 0, 99);
    }

    [Fact]
    public void A_set_of_before_had_no_shares()
    {
        var set = System.Text.Json.JsonSerializer.Deserialize("""{"version":2,"reviewAt":50,"declineAt":90,"rules":[{"rule":"impossible_travel","version":1,"mode":"published","parameters":[],"conditions":[]}]}""", FraudJson.Default.FraudRuleSet)!;
        Assert.Null(Assert.Single(RuleSets.ToActive(set, out _).Rules).Rollout);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static RiskDecision Decide(int? share, RuleMode mode, int? place)
    {
        var set = new RuleSet(2, [new ActiveRule(Travel, 1, mode, FraudRules.Defaults(Travel)) { Rollout = share }], 50, 90);
        var features = new FeatureVector { [Feature.TravelMetres] = 5_000_000, [Feature.TravelMs] = 1_000 };
        return RiskDecider.Decide(set, null, features, RiskFacts.None with { PayerPlace = place }, 1_000);
    }
}
