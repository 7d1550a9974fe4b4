using System.Net;

namespace Gateway.Tests.Accounts;

[Collection(GatewayCollection.Name)]
public sealed class AccountTests(SharedServer shared)
{
    [Fact]
    public async Task The_sandbox_has_its_accounts()
    {
        await using var server = await GatewayServer.Start();
        using var bank = server.Api();
        foreach (var (id, balance) in new[] { ("123456789", "1000000.00"), ("987654321", "0.00"), ("sandbox_0001", "10000.00"), ("sandbox_1000", "10000.00") })
        {
            var account = (await bank.Get("/accounts/" + id)).Is(HttpStatusCode.OK);
            Assert.Equal($$"""{"posted":"{{balance}}","pendingDebits":"0.00","pendingCredits":"0.00","available":"{{balance}}"}""", account.Json.GetProperty("balance").GetRawText());
            Assert.Equal(("USD", "open", "{}"), (account["currency"], account["status"], account["limits"]));
        }

        using var second = server.Api(Keys.SecondBank);
        Assert.Equal("10000.00", (await second.Get("/accounts/555000111")).Json.GetProperty("balance").GetProperty("posted").GetString());
        Assert.Single((await second.Get("/accounts")).Json.GetProperty("data").EnumerateArray());
        var ids = new HashSet<string>();
        for (string? next = null; ;)
        {
            var page = (await bank.Get("/accounts?limit=400" + (next is null ? "" : "&after=" + next))).Json;
            Assert.All(page.GetProperty("data").EnumerateArray(), account => Assert.True(ids.Add(account.GetProperty("id").GetString()!)));
            if (!page.GetProperty("hasMore").GetBoolean())
                break;
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(1_002, ids.Count);
        var lines = (await bank.Get("/audit/trial-balance?currency=USD")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, Math.Max(1, TestLedger.Shards)), lines.Select(static line => line.GetProperty("shard").GetInt32()));
        Assert.All(lines, static line => Assert.Equal(("0.00", true), (line.GetProperty("sum").GetString(), line.GetProperty("balanced").GetBoolean())));
        Assert.Equal(11_010_000.00m, lines.Sum(static line => decimal.Parse(line.GetProperty("debitsPosted").GetString()!)));
    }

    [Fact]
    public async Task An_account_is_opened_with_everything()
    {
        var id = shared.Name("open");
        const string Rest = ""","currency":"EUR","name":"Grete's shop","floor":"-50.00","limits":{"perPayment":"10.00","perDay":{"count":3}}}""";
        var key = shared.Name("key");
        var opened = (await shared.Bank.Post("/accounts", $$"""{"id":"{{id}}"{{Rest}}""", key)).Is(HttpStatusCode.Created);
        Assert.Equal("/accounts/" + id, opened.Headers["Location"]);
        Assert.Equal((id, "EUR", "open", "Grete's shop", "-50.00"), (opened["id"], opened["currency"], opened["status"], opened["name"], opened["floor"]));
        Assert.Equal("""{"perPayment":"10.00","perDay":{"count":3}}""", opened.Json.GetProperty("limits").GetRawText());
        var replay = (await shared.Bank.Post("/accounts", $$"""{"id":"{{id}}"{{Rest}}""", key)).Is(HttpStatusCode.Created);
        Assert.Equal((opened.Text, true), (replay.Text, replay.IsReplay));
        (await shared.Bank.Post("/accounts", $$"""{"id":"{{id}}","currency":"EUR"}""", key)).IsProblem(422, "idempotency_key_reused");
        (await shared.Bank.Post("/accounts", $$"""{"id":"{{id}}","currency":"EUR"}""")).IsProblem(409, "account_exists");
        (await shared.SecondBank.Post("/accounts", $$"""{"id":"{{id}}","currency":"EUR"}""")).IsProblem(409, "account_exists");
        Assert.Equal("Grete's shop", (await shared.Bank.Get("/accounts/" + id))["name"]);
        (await shared.Bank.Post("/accounts", $$"""{"id":"{{id}}:sub","currency":"EUR"}""")).Is(HttpStatusCode.Created);
        (await shared.SecondBank.Post("/accounts", $$"""{"id":"{{id}}:theirs","currency":"EUR"}""")).IsProblem(422, "invalid_fields");
    }

    [Fact]
    public async Task Nobody_opens_an_account_by_another_tenants_name()
    {
        foreach (var id in new[] { "merchant_sandbox", "merchant_sandbox2", "merchant_sandbox2:balance" })
        {
            var answer = await shared.Bank.Post("/accounts", $$"""{"id":"{{id}}","currency":"USD"}""");
            answer.IsProblem(422, "invalid_fields");
            Assert.Equal(["id"], answer.Fields);
        }
    }

    [Fact]
    public async Task An_opening_that_was_refused_for_load_leaves_no_key_behind()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Ledger:QueueLimit", "1"));
        using var bank = server.Api();
        server.Faults.CommitDelay = TimeSpan.FromMilliseconds(300);
        var (refused, name) = (HttpStatusCode.OK, "");
        for (var i = 0; i < 50 && refused != HttpStatusCode.ServiceUnavailable; i++)
        {
            var others = Enumerable.Range(0, 3).Select(other => bank.Post("/accounts", $$"""{"id":"busy_{{i}}_{{other}}","currency":"USD"}""")).ToArray();
            await Task.Delay(50);
            name = $"named_{i}";
            refused = (await bank.Post("/accounts", $$"""{"id":"{{name}}","currency":"USD","name":"Grete"}""")).Status;
            await Task.WhenAll(others);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused);
        server.Faults.CommitDelay = null;
        var opened = (await bank.Post("/accounts", $$"""{"id":"{{name}}","currency":"USD","name":"Grete"}""")).Is(HttpStatusCode.Created);
        Assert.Equal("Grete", opened["name"]);
        Assert.Equal("Grete", (await bank.Get("/accounts/" + name)).Is(HttpStatusCode.OK)["name"]);
    }

    [Theory]
    [InlineData("""{}""", "currency")]
    [InlineData("""{"currency":"usd"}""", "currency")]
    [InlineData("""{"currency":"USD","id":"system:x"}""", "id")]
    [InlineData("""{"currency":"USD","id":"sandbox_2000"}""", "id")]
    [InlineData("""{"currency":"USD","id":"Sandbox"}""", "id")]
    [InlineData("""{"currency":"USD","id":":x"}""", "id")]
    [InlineData("""{"currency":"USD","id":"a b"}""", "id")]
    [InlineData("""{"currency":"USD","id":"nobody:x"}""", "id")]
    [InlineData("""{"currency":"USD","id":""}""", "id")]
    [InlineData("""{"currency":"USD","floor":"1.00"}""", "floor")]
    [InlineData("""{"currency":"USD","floor":-1}""", "floor")]
    [InlineData("""{"currency":"USD","name":"4242 4242 4242 4242"}""", "name")]
    [InlineData("""{"currency":"USD","limits":[]}""", "limits")]
    [InlineData("""{"currency":"USD","limits":{"perWeek":{}}}""", "limits.perWeek")]
    [InlineData("""{"currency":"USD","limits":{"perDay":{}}}""", "limits.perDay")]
    [InlineData("""{"currency":"USD","limits":{"perDay":{"count":-1}}}""", "limits.perDay.count")]
    [InlineData("""{"currency":"USD","limits":{"perDay":{"amount":"x"}}}""", "limits.perDay.amount")]
    [InlineData("""{"currency":"USD","limits":{"perPayment":1}}""", "limits.perPayment")]
    [InlineData("""{"currency":"USD","currency":"USD"}""", "currency")]
    public async Task A_refused_field_is_named(string body, string field)
    {
        var answer = await shared.Bank.Post("/accounts", body);
        Assert.Equal(422, (int)answer.Status);
        Assert.Equal([field], answer.Fields);
    }

    [Fact]
    public async Task A_frozen_account_receives_but_does_not_pay()
    {
        var (account, other) = (await shared.Account("10.00"), await shared.Account("10.00"));
        var key = shared.Name("freeze");
        var frozen = (await shared.Bank.Post($"/accounts/{account}/freeze", """{"reason":"Suspicion"}""", key)).Is(HttpStatusCode.OK);
        Assert.Equal("frozen", frozen["status"]);
        Assert.Equal("AC06", Reason(await shared.Pay(account, other, "1.00")));
        Assert.Equal("settled", (await shared.Pay(other, account, "1.00"))["status"]);
        Assert.Equal(frozen.Text, (await shared.Bank.Post($"/accounts/{account}/freeze", """{"reason":"Suspicion"}""", key)).Text);
        Assert.Equal("open", (await shared.Bank.Post($"/accounts/{account}/unfreeze")).Is(HttpStatusCode.OK)["status"]);
        Assert.Equal("settled", (await shared.Pay(account, other, "1.00"))["status"]);
        (await shared.SecondBank.Post($"/accounts/{account}/freeze")).IsProblem(404, "not_found");
        (await shared.Analyst.Post($"/accounts/{account}/freeze")).IsProblem(403, "role_not_allowed");
    }

    [Fact]
    public async Task An_empty_account_closes_for_good()
    {
        var account = await shared.Account("10.00");
        (await shared.Bank.Post($"/accounts/{account}/close")).IsProblem(409, "account_not_empty");
        await shared.Pay(account, "987654321", "10.00");
        Assert.Equal("closed", (await shared.Bank.Post($"/accounts/{account}/close", "{}")).Is(HttpStatusCode.OK)["status"]);
        Assert.Equal("AC05", Reason(await shared.Pay(account, "987654321", "1.00")));
        Assert.Equal("AC07", Reason(await shared.Pay("123456789", account, "1.00")));
        (await shared.Bank.Post($"/accounts/{account}/unfreeze")).IsProblem(409, "account_closed");
        (await shared.Bank.Post($"/sandbox/accounts/{account}/fund", """{"amount":"1.00"}""")).IsProblem(409, "account_closed");
    }

    [Fact]
    public async Task Entries_chain_and_past_balances_are_found()
    {
        var account = await shared.Account("100.00");
        await shared.Pay(account, "987654321", "30.00");
        await shared.Pay(account, "987654321", "1000.00");
        var credit = await shared.Pay("123456789", account, "5.00");
        var entries = (await shared.Bank.Get($"/accounts/{account}/entries")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(
            [("credit", "5.00", "75.00", "payment"), ("debit", "30.00", "70.00", "payment"), ("credit", "100.00", "100.00", "funding")],
            entries.Select(static entry => (entry.GetProperty("direction").GetString()!, entry.GetProperty("amount").GetString()!, entry.GetProperty("balanceAfter").GetString()!, entry.GetProperty("type").GetString()!)));
        Assert.Equal(credit["id"], entries[0].GetProperty("paymentId").GetString());
        var first = (await shared.Bank.Get($"/accounts/{account}/entries?limit=2")).Json;
        Assert.True(first.GetProperty("hasMore").GetBoolean());
        Assert.Equal("funding", (await shared.Bank.Get($"/accounts/{account}/entries?limit=2&after={first.GetProperty("next").GetString()}")).Json.GetProperty("data")[0].GetProperty("type").GetString());
        Assert.Equal("75.00", await Posted($"/accounts/{account}/balance"));
        Assert.Equal("75.00", await Posted($"/accounts/{account}/balance?at=2100-01-01T00:00:00Z"));
        Assert.Equal("0.00", await Posted($"/accounts/{account}/balance?at=2020-01-01T00:00:00Z"));
        Assert.Equal(["at"], (await shared.Bank.Get($"/accounts/{account}/balance?at=now")).IsProblem(422, "invalid_fields").Fields);

        async Task<string?> Posted(string path) => (await shared.Bank.Get(path)).Is(HttpStatusCode.OK).Json.GetProperty("balance").GetProperty("posted").GetString();
    }

    private static string? Reason(Answer answer) => answer.Json.GetProperty("reason").GetProperty("code").GetString();
}
