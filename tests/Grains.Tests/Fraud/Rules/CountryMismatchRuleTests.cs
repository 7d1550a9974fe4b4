using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

public sealed class CountryMismatchRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<CountryMismatchRule>(
        """
        Amount=100 CountryMismatch=1 => 20: A card of US for a bill in GB
        Amount=100 CountryMismatch=0 => silent
        Amount=0 CountryMismatch=1 => 20: A card of US for a bill in GB
        Amount=100 => silent
        CountryMismatch=1 => silent
        - => silent
        """,
        new RiskFacts { CardCountry = "US", OtherCountry = "GB" });

    [Fact]
    public void A_side_that_is_not_known_does_not_differ()
    {
        Assert.Equal(1, Mismatch("US", "GB", "US"));
        Assert.Equal(0, Mismatch("us", "US", "GB"));
        Assert.Equal(1, Mismatch("US", null, "GB"));
        Assert.Equal(FeatureVector.Missing, Mismatch(null, "GB", "GB"));
        Assert.Equal(FeatureVector.Missing, Mismatch("US", null, ""));
    }

    [Fact]
    public void A_late_attempt_changes_nothing()
    {
        var payer = new Payer().Paid(1_000);
        Assert.NotNull(payer.Asks<CountryMismatchRule>(also: static vector => CardFeatures.FillCountries(vector, "US", "GB", null)));
        Assert.NotNull(payer.Paid(2_000).Asks<CountryMismatchRule>(also: static vector => CardFeatures.FillCountries(vector, "US", "GB", null)));
    }

    private static long Mismatch(string? card, string? billing, string? merchant)
    {
        var vector = new FeatureVector();
        CardFeatures.FillCountries(vector, card, billing, merchant);
        return vector[Feature.CountryMismatch];
    }
}
