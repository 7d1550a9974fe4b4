using System.Text;
using System.Text.Json;
using Silo.Embedded.Commands.DemoTraffic;

namespace Silo.Tests.Commands;

/// <summary>The demo's town, and the counting of its latencies.</summary>
public sealed class DemoTrafficTests
{
    private const int Requests = 20_000;

    [Fact]
    public void The_same_seed_makes_the_same_requests()
    {
        Assert.Equal(Make(3, 200).Select(Text), Make(3, 200).Select(Text));
        Assert.NotEqual(Make(3, 200).Select(Text), Make(4, 200).Select(Text));
    }

    [Fact]
    public void Every_kind_has_its_share()
    {
        var shares = Make(1, Requests).CountBy(static request => request.Kind).ToDictionary();
        Assert.InRange(shares[DemoKind.Decline], Requests * 2 / 100, Requests * 4 / 100);
        Assert.InRange(shares[DemoKind.Repeat], Requests / 100, Requests * 3 / 100);
        Assert.InRange(shares[DemoKind.Return], Requests / 100, Requests * 3 / 100);
        Assert.InRange(shares[DemoKind.Payment], Requests * 90 / 100, Requests * 95 / 100);
    }

    [Fact]
    public void A_repeat_is_the_payment_that_it_repeats_byte_for_byte()
    {
        var requests = Make(1, Requests);
        var byKey = requests.Where(static request => request.Kind == DemoKind.Payment).ToDictionary(static request => request.Key);
        var repeats = requests.Where(static request => request.Kind == DemoKind.Repeat).ToList();
        Assert.NotEmpty(repeats);
        Assert.All(repeats, repeat => Assert.Equal(byKey[repeat.Key].Body, repeat.Body));
    }

    [Fact]
    public void Accounts_are_the_sandbox_s_and_amounts_whole_cents()
    {
        foreach (var request in Make(2, Requests).Where(static request => request.Path == "/payments"))
        {
            var body = JsonDocument.Parse(request.Body).RootElement;
            Assert.Matches("^sandbox_(0[0-9]{3}|1000)$", body.GetProperty("debtorAccount").GetString());
            Assert.Matches("^sandbox_(0[0-9]{3}|1000)$", body.GetProperty("creditorAccount").GetString());
            Assert.NotEqual(body.GetProperty("debtorAccount").GetString(), body.GetProperty("creditorAccount").GetString());
            Assert.Matches(@"^[1-9]?[0-9]+\.[0-9]{2}$", body.GetProperty("amount").GetString());
        }
    }

    [Fact]
    public void Thieves_are_among_people_who_pay_where_they_live()
    {
        var requests = MakeFraud(1, Requests).Where(static request => request.Path == "/payments").ToList();
        Assert.Equal(requests.Take(500).Select(Text), MakeFraud(1, Requests).Where(static request => request.Path == "/payments").Take(500).Select(Text));
        Assert.InRange(requests.Count(static request => request.Kind == DemoKind.Scheme), Requests * 6 / 100, Requests * 10 / 100);
        var bodies = requests.Select(static request => JsonDocument.Parse(request.Body).RootElement).ToList();
        Assert.All(bodies, static body =>
        {
            Assert.Matches("^sandbox_(0[0-9]{3}|1000)$", body.GetProperty("debtorAccount").GetString());
            Assert.NotEqual(body.GetProperty("debtorAccount").GetString(), body.GetProperty("creditorAccount").GetString());
        });
        var places = bodies.Where(static body => body.TryGetProperty("location", out _)).CountBy(static body => body.GetProperty("location").GetProperty("name").GetString()!).ToDictionary();
        Assert.Equal(DemoCities.All.Select(static city => city.Name).Order(), places.Keys.Order());
        // Somebody is far from home: the same device, half the earth apart.
        Assert.Contains(bodies.Where(static body => body.TryGetProperty("location", out _) && body.TryGetProperty("deviceId", out _)).GroupBy(static body => body.GetProperty("deviceId").GetString()), static device =>
            device.Select(static body => body.GetProperty("location").GetProperty("name").GetString()).Distinct().Count() == 2);
        Assert.True(bodies.Count(static body => body.GetProperty("amount").GetString() is ['9', _, _, _, '.', ..]) > 10);
    }

    [Theory]
    [InlineData(0, "4000000000000002")]
    [InlineData(7, "4000000000000077")]
    [InlineData(123_456_789, "4000001234567899")]
    public void A_tested_card_passes_the_check_of_its_last_digit(long number, string card) => Assert.Equal(card, CardTester.Card(number));

    [Fact]
    public void A_quantile_is_at_most_a_thirtieth_above_the_truth()
    {
        var counts = new LatencyCounts();
        for (var microseconds = 1; microseconds <= 100_000; microseconds++)
            counts.Add(TimeSpan.FromMicroseconds(microseconds));
        foreach (var perMille in new[] { 1, 10, 500, 900, 990, 999, 1_000 })
            Assert.InRange(counts.Quantile(perMille), perMille * 100, perMille * 100 + perMille * 100 / 30);
        Assert.Equal(100_000, counts.Max);
    }

    [Fact]
    public void Without_a_latency_there_is_no_quantile() => Assert.Equal(0, new LatencyCounts().Quantile(500));

    private static List<DemoRequest> Make(int seed, int count) => Make(new DemoPayments(new Random(seed)), count);

    private static List<DemoRequest> MakeFraud(int seed, int count) => Make(new DemoFraud(new Random(seed)), count);

    private static List<DemoRequest> Make(IDemoStory town, int count)
    {
        var requests = new List<DemoRequest>();
        for (var number = 0; number < count; number++)
        {
            var request = town.Next();
            requests.Add(request);
            if (request.Kind == DemoKind.Payment)
                town.Settled(request, $"pay_{number}");
        }

        return requests;
    }

    private static string Text(DemoRequest request) => $"{request.Kind} {request.Path} {request.Key} {Encoding.UTF8.GetString(request.Body)}";
}
