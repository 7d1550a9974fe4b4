using System.Net;
using Gateway.Tests.Fraud;

namespace Gateway.Tests.Transfers;

/// <summary>Held payments whose creditor is on another shard: released, they go on as any other; refused, nothing left.</summary>
public sealed class HeldTransferTests(TwoShards two) : IClassFixture<TwoShards>
{
    [Fact]
    public async Task Released_it_settles_over_both_shards_once()
    {
        var (payer, creditor, held) = await Hold();
        using var analyst = two.Server.Api(Keys.Analyst);
        var opened = (await analyst.Get("/fraud/cases?paymentId=" + held["id"])).Is(HttpStatusCode.OK).Json.GetProperty("data")[0].GetProperty("id").GetString();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => analyst.Post($"/fraud/cases/{opened}/approve", """{"version":1}""", two.Key())));
        Assert.Single(answers, static answer => answer.Status == HttpStatusCode.OK);
        var settled = (await two.Bank.Get($"/payments/{held["id"]}?wait=20s")).Is(HttpStatusCode.OK);
        Assert.Equal(("settled", creditor), (settled["status"], settled["creditorAccount"]));
        Assert.Equal(("69.00", "31.00"), (await two.Balance(payer), await two.Balance(creditor)));
        Assert.Equal(
            ["payment.held", "payment.released", "payment.settled"],
            (await two.Bank.Get("/events?limit=1000&subject=" + held["id"])).Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("type").GetString()));
        Assert.Equal(
            ["Decided", "Committed", "Held", "Released", "Credited", "Settled"],
            (await two.Bank.Get($"/payments/{held["id"]}/journey")).Is(HttpStatusCode.OK).Json.GetProperty("steps").EnumerateArray().Select(static step => step.GetProperty("title").GetString()));
        (await two.Bank.Post($"/payments/{held["id"]}/return", """{"amount":"5.00","reason":"CUST"}""", two.Key())).Is(HttpStatusCode.Created);
        Assert.Equal(("74.00", "26.00"), (await two.Balance(payer), await two.Balance(creditor)));
        await EachShardIsBalanced();
    }

    [Fact]
    public async Task Refused_its_money_is_free_again_and_none_is_in_transit()
    {
        var (payer, creditor, held) = await Hold();
        using var analyst = two.Server.Api(Keys.Analyst);
        var opened = (await analyst.Get("/fraud/cases?paymentId=" + held["id"])).Is(HttpStatusCode.OK).Json.GetProperty("data")[0].GetProperty("id").GetString();
        (await analyst.Post($"/fraud/cases/{opened}/decline", """{"version":1}""", two.Key())).Is(HttpStatusCode.OK);
        Assert.Equal("rejected", (await two.Bank.Get("/payments/" + held["id"]))["status"]);
        var balance = (await two.Bank.Get("/accounts/" + payer)).Json.GetProperty("balance");
        Assert.Equal(("99.00", "0.00"), (balance.GetProperty("posted").GetString(), balance.GetProperty("pendingDebits").GetString()));
        Assert.Equal("1.00", await two.Balance(creditor));
        await EachShardIsBalanced();
    }

    [Fact]
    public async Task Cases_of_all_shards_are_one_list()
    {
        var held = new[] { await Hold(0, 1), await Hold(1, 0) };
        using var analyst = two.Server.Api(Keys.Analyst);
        var (all, after) = (new List<string?>(), "");
        do
        {
            var page = (await analyst.Get("/fraud/cases?status=open&limit=1" + after)).Is(HttpStatusCode.OK).Json;
            all.AddRange(page.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("paymentId").GetString()));
            after = page.GetProperty("hasMore").GetBoolean() ? "&after=" + page.GetProperty("next").GetString() : "";
        }
        while (after.Length > 0);
        Assert.All(held, each => Assert.Single(all, id => id == each.Held["id"]));
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    private async Task<(string Payer, string Creditor, Answer Held)> Hold(int from = 0, int to = 1)
    {
        var (payer, creditor) = (await two.Account(from, "100.00"), await two.Account(to));
        Assert.Equal("settled", (await Pay(payer, creditor, "1.00", HeldPaymentTests.NewYork))["status"]);
        var held = await Pay(payer, creditor, "30.00", HeldPaymentTests.London);
        Assert.Equal(("held", creditor), (held["status"], held["creditorAccount"]));
        return (payer, creditor, held);
    }

    private async Task<Answer> Pay(string payer, string creditor, string amount, string place) =>
        (await two.Bank.Post("/payments", SharedServer.Body(payer, creditor, amount, place), two.Key())).Is(HttpStatusCode.Created);

    private async Task EachShardIsBalanced()
    {
        var lines = (await two.Bank.Get("/audit/trial-balance")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray();
        Assert.All(lines, static line => Assert.True(line.GetProperty("balanced").GetBoolean(), line.GetRawText()));
    }
}
