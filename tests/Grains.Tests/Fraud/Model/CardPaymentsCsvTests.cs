using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Model;

public sealed class CardPaymentsCsvTests
{
    private const string Header = "payment,unix_time,card,amount_usd,merchant,merchant_lat,merchant_long,is_fraud\n";

    [Fact]
    public void Payments_are_read_in_the_order_of_time_whatever_the_columns_order()
    {
        var payments = Read("is_fraud,merchant,amount_usd,card,unix_time,anything\n0,\"Smith, \"\"Jr\"\"\nand Sons\",12.3,b,20,x\n1,Plain,7,a,10,\n");
        Assert.Equal(
            [new LabelledCardPayment("3", 10_000, "a", 700, "Plain", null, true), new LabelledCardPayment("2", 20_000, "b", 1_230, "Smith, \"Jr\"\nand Sons", null, false)],
            payments);
    }

    [Theory]
    [InlineData("p,10,c,5.00,m,1.5,-2.25,1", 1_500_000, -2_250_000)]
    [InlineData("p,10,c,5.00,m,-90,180,1\r", -90_000_000, 180_000_000)]
    public void A_place_is_in_degrees(string record, int latitude, int longitude)
    {
        var payment = Assert.Single(Read(Header + record + "\n\n"));
        Assert.Equal((latitude, longitude), (payment.Place!.Value.Latitude, payment.Place.Value.Longitude));
    }

    [Theory]
    [InlineData("p,x,c,5.00,m,1,1,0", "Record 2 of the CSV file says 'x' in the column 'unix_time'")]
    [InlineData("p,-1,c,5.00,m,1,1,0", "'unix_time'")]
    [InlineData("p,10,,5.00,m,1,1,0", "'card'")]
    [InlineData("p,10,c,5.001,m,1,1,0", "'amount_usd'")]
    [InlineData("p,10,c,-5,m,1,1,0", "'amount_usd'")]
    [InlineData("p,10,c,1e3,m,1,1,0", "'amount_usd'")]
    [InlineData("p,10,c,5.00,m,91,1,0", "'merchant_lat'")]
    [InlineData("p,10,c,5.00,m,1,NaN,0", "'merchant_long'")]
    [InlineData("p,10,c,5.00,m,1,1,yes", "'is_fraud'")]
    [InlineData("p,10,c,5.00,m,1,1", "has 7 fields, the header 8")]
    [InlineData("p,10,c,5.00,\"m,1,1,0", "a quote that is not closed")]
    [InlineData("p,10,c,5.00,\"m\"x,1,1,0", "goes on after a closing quote")]
    public void What_cannot_be_read_is_named(string record, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(Header + record)).Message);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("unix_time,card,amount_usd,merchant\n", "no column 'is_fraud'")]
    [InlineData("card,card\n", "the column 'card' twice")]
    public void A_header_that_does_not_do_is_named(string header, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(header)).Message);

    [Fact]
    public void Each_payment_sees_those_of_its_card_before_it()
    {
        var payments = Read(Header + "1,1000,a,10,m,0,0,0\n2,1030,b,99,m,0,0,1\n3,1060,a,20,n,0,1,0\n4,1090,a,30,m,0,1,1\n");
        var features = CardReplay.Features(payments).Select(static one => one.Features).ToArray();
        Assert.Equal([0, 0, 1000, 3000], features.Select(static one => one[Feature.Sum24Hours]));
        Assert.Equal([FeatureVector.Missing, FeatureVector.Missing, 60_000, 30_000], features.Select(static one => one[Feature.SinceLastMs]));
        Assert.Equal([0, 0, 0, 1], features.Select(static one => one[Feature.ToCounterparty90Days]));
        // A degree of longitude on the equator.
        Assert.Equal([FeatureVector.Missing, FeatureVector.Missing, 111_195, 0], features.Select(static one => one[Feature.TravelMetres]));
        Assert.Equal([0, 0, 1, 2], features.Select(static one => one[Feature.Count24Hours]));
    }

    private static IReadOnlyList<LabelledCardPayment> Read(string text) => CardPaymentsCsv.Read(new StringReader(text));
}
