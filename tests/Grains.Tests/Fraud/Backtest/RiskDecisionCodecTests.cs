using Grains.Fraud;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Backtest;

/// <summary>A decision comes back from its bytes as it was, and no bytes do worse than be refused.</summary>
public sealed class RiskDecisionCodecTests
{
    /// <summary>As it was recorded before facts were: no reason, 3 values (missing, 0, 1500), score 7, rule set 2.</summary>
    private const string WithoutFacts = "01010702" + "80BCF4D7A733" + "00" + "00" + "03" + "0001B917" + "00";

    [Fact]
    public void Every_decision_comes_back_as_it_was()
    {
        var decisions = new RandomDecisions(1);
        for (var i = 0; i < 2_000; i++)
        {
            var decision = decisions.Next();
            var bytes = RiskDecisionCodec.Encode(decision);
            var again = RiskDecisionCodec.Decode(bytes);
            Assert.Equivalent(decision, again, strict: true);
            Assert.Equal(bytes, RiskDecisionCodec.Encode(again));
            Assert.True(RiskDecisionCodec.HasFacts(bytes));
        }
    }

    [Fact]
    public void Damage_is_refused_or_is_another_decision()
    {
        var (decisions, random, refused) = (new RandomDecisions(2), new Random(3), 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = RiskDecisionCodec.Encode(decisions.Next());
            switch (i % 4)
            {
                case 0: bytes = bytes[..random.Next(bytes.Length)]; break;
                case 1: bytes = [.. bytes, (byte)random.Next(256)]; break;
                case 2: random.NextBytes(bytes.AsSpan(1)); break;
                default: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
            }

            try
            {
                RiskDecisionCodec.Decode(bytes);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        // Half of them were cut or have something behind their end.
        Assert.InRange(refused, 10_000, 19_999);
    }

    [Fact]
    public void A_decision_without_facts_is_still_read()
    {
        var bytes = Convert.FromHexString(WithoutFacts);
        var decision = RiskDecisionCodec.Decode(bytes);
        Assert.Equal((RiskOutcome.Approve, 7, 2, 1_763_000_000_000), (decision.Outcome, decision.Score, decision.RuleSetVersion, decision.DecidedAtMs));
        Assert.Equal([long.MinValue, 0, 1_500], decision.Values);
        Assert.Equal(RiskFacts.None, decision.Facts);
        Assert.False(RiskDecisionCodec.HasFacts(bytes));
    }

    [Fact]
    public void A_decision_in_which_nothing_speaks_is_short()
    {
        var features = new FeatureVector { [Feature.Amount] = 1_500, [Feature.HourOfDay] = 14 };
        for (var feature = Feature.Count1Minute; feature <= Feature.Sum90Days; feature++)
            features[feature] = 0;
        var decision = RiskDecider.Decide(new RuleSet(1, [], 50, 90), null, features, RiskFacts.None, 1_763_000_000_000);
        Assert.InRange(RiskDecisionCodec.Encode(decision).Length, 1, 40);
    }
}
