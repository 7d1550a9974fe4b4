using System.Net;

namespace Gateway.Tests.Payments;

[Collection(GatewayCollection.Name)]
public sealed class ConcurrencyTests(SharedServer shared)
{
    [Fact]
    public async Task A_hundred_dollars_pay_a_thousand_concurrent_dollars_a_hundred_times()
    {
        var (debtor, creditor) = (await shared.Account("100.00"), await shared.Account("0"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => shared.Pay(debtor, creditor, "1.00", $"{debtor}-{i}")));
        Assert.Equal(100, answers.Count(static answer => answer["status"] == "settled"));
        var rejected = answers.Where(static answer => answer["status"] == "rejected").ToList();
        Assert.Equal(900, rejected.Count);
        Assert.All(rejected, static answer => Assert.Equal("AM04", answer.Json.GetProperty("reason").GetProperty("code").GetString()));
        Assert.Equal(("0.00", "100.00"), (await shared.Balance(debtor), await shared.Balance(creditor)));
    }

    [Fact]
    public async Task One_bad_entry_spoils_nothing()
    {
        var debtors = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shared.Account("1000.00")));
        var (creditor, closed) = (await shared.Account("0"), await shared.Account("0"));
        (await shared.Bank.Post($"/accounts/{closed}/close", "{}")).Is(HttpStatusCode.OK);
        var (full, payer) = await NearlyFull();
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i =>
            i == 500 ? PayEuros(payer, full, $"{creditor}-{i}") : shared.Pay(debtors[i % 10], i % 10 == 3 ? closed : creditor, "1.00", $"{creditor}-{i}")));
        Assert.Equal(899, answers.Count(static answer => answer["status"] == "settled"));
        Assert.Equal(100, answers.Count(static answer => Reason(answer) == "AC07"));
        Assert.Equal(["AM02"], answers.Where((_, i) => i == 500).Select(Reason));
        Assert.Equal(("899.00", "0.00", "6.00"), (await shared.Balance(creditor), await shared.Balance(closed), await shared.Balance(payer)));

        static string? Reason(Answer answer) => answer["status"] == "rejected" ? answer.Json.GetProperty("reason").GetProperty("code").GetString() : null;
    }

    [Fact]
    public async Task Under_overload_what_is_accepted_is_right_and_the_rest_is_told_to_wait()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Ledger:QueueLimit", "64"));
        using var api = server.Api(maxConnections: 256);
        (await api.Post("/sandbox/faults", """{"ledger":"delay","milliseconds":50}""")).Is(HttpStatusCode.OK);
        var answers = await Task.WhenAll(Enumerable.Range(0, 256).Select(worker => Worker(api, worker)));
        var all = answers.SelectMany(static answer => answer).ToList();
        var accepted = all.Where(static answer => answer.Status == HttpStatusCode.Created).ToList();
        var refused = all.Where(static answer => answer.Status != HttpStatusCode.Created).ToList();
        Assert.NotEmpty(accepted);
        Assert.NotEmpty(refused);
        foreach (var answer in refused)
            Assert.NotEmpty(answer.IsProblem(503, "overloaded").Headers["Retry-After"]);
        Assert.All(accepted, static answer => Assert.Equal("settled", answer["status"]));
        Assert.Equal($"{1_000_000 - accepted.Count}.00", (await api.Get("/accounts/123456789")).Json.GetProperty("balance").GetProperty("available").GetString());
        Assert.Equal($"{accepted.Count}.00", (await api.Get("/accounts/987654321")).Json.GetProperty("balance").GetProperty("available").GetString());

        (await api.Send(HttpMethod.Delete, "/sandbox/faults")).Is(HttpStatusCode.OK);
        (await api.Post("/payments", SharedServer.Body("123456789", "987654321", "1.00"), "recovered")).Is(HttpStatusCode.Created);

        static async Task<List<Answer>> Worker(Api api, int worker)
        {
            var answers = new List<Answer>();
            for (var i = 0; i < 4; i++)
                answers.Add(await api.Post("/payments", SharedServer.Body("123456789", "987654321", "1.00"), $"load-{worker}-{i}"));
            return answers;
        }
    }

    // Counters only grow. Funding fills the account's credits to ten euros below 63 bits; six euros that go out and come back leave
    // room for four, so that the same six overflow when they come back again.
    private async Task<(string Full, string Payer)> NearlyFull()
    {
        var (full, payer) = (await shared.Account("0", "EUR"), await shared.Account("0", "EUR"));
        var funded = await Task.WhenAll(Enumerable.Range(0, 9_223).Select(i => shared.Bank.Post($"/sandbox/accounts/{full}/fund", """{"amount":"10000000000000.00"}""", $"{full}-{i}")));
        Assert.All(funded, static answer => answer.Is(HttpStatusCode.OK));
        (await shared.Bank.Post($"/sandbox/accounts/{full}/fund", """{"amount":"3720368547748.07"}""")).Is(HttpStatusCode.OK);
        foreach (var (debtor, creditor) in new[] { (full, payer), (payer, full), (full, payer) })
            Assert.Equal("settled", (await PayEuros(debtor, creditor, shared.Name("circulate")))["status"]);
        return (full, payer);
    }

    private async Task<Answer> PayEuros(string debtor, string creditor, string key) =>
        (await shared.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "6.00", currency: "EUR"), key)).Is(HttpStatusCode.Created);
}
