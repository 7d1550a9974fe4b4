using System.Net;
using Grains.Interfaces.Values;

namespace Gateway.Tests.Payments;

[Collection(GatewayCollection.Name)]
public sealed class ExactlyOnceTests(SharedServer shared)
{
    [Fact]
    public async Task A_key_is_kept_for_30_days_of_the_product_s_time_and_then_it_may_be_used_again()
    {
        var data = Directory.CreateTempSubdirectory("gateway-keys-").FullName;
        var body = SharedServer.Body("sandbox_0001", "sandbox_0002", "1.00");
        string first;
        await using (var server = await GatewayServer.Start(data: data))
        {
            using var api = server.Api();
            first = (await api.Post("/payments", body, "old")).Is(HttpStatusCode.Created)["id"];
            (await api.Post("/sandbox/clock/advance", $$"""{"seconds":{{29 * 24 * 3_600}}}""")).Is(HttpStatusCode.OK);
            Assert.Equal(first, (await api.Post("/payments", body, "old"))["id"]);
            (await api.Post("/sandbox/clock/advance", $$"""{"seconds":{{2 * 24 * 3_600}}}""")).Is(HttpStatusCode.OK);
            (await api.Post("/payments", body, "new")).Is(HttpStatusCode.Created);
        }

        await using (var server = await GatewayServer.Start(data: data))
        {
            using var api = server.Api();
            // Keys are let go while there is nothing else to do.
            (await api.Post("/payments", body, "newer")).Is(HttpStatusCode.Created);
            var reader = (Ledger.ILedgerReader)server.Services.GetService(typeof(Ledger.ILedgerReader))!;
            var row = (await reader.FindRow(PaymentId.TryParse(first, out var id) ? id.Number : 0))!;
            for (var tries = 0; await reader.FindByKey(row.Key) is not null; tries++)
            {
                Assert.True(tries < 1_000, "The key is never let go.");
                await Task.Delay(50);
            }

            var again = (await api.Post("/payments", body, "old")).Is(HttpStatusCode.Created);
            Assert.NotEqual(first, again["id"]);
            Assert.False(again.IsReplay);
            Assert.True((await api.Post("/payments", body, "old")).IsReplay);
            Assert.True((await api.Post("/payments", body, "new")).IsReplay);
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Sixty_four_concurrent_requests_with_one_key_make_one_payment_and_equal_answers()
    {
        var debtor = await shared.Account("1000.00");
        var key = shared.Name("once");
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => shared.Bank.Post("/payments", SharedServer.Body(debtor, "987654321", "10.00"), key)));
        foreach (var answer in answers)
            Assert.Equal(answers[0].Text, answer.Is(HttpStatusCode.Created).Text);
        Assert.Equal(63, answers.Count(static answer => answer.IsReplay));
        Assert.Equal("990.00", await shared.Balance(debtor));
    }

    [Fact]
    public async Task A_replay_has_the_first_answers_status_and_bytes()
    {
        var debtor = await shared.Account("10.00");
        foreach (var amount in new[] { "1.00", "100.00" })
        {
            var key = shared.Name("replay");
            var first = await shared.Pay(debtor, "987654321", amount, key, ""","remittanceInfo":"ünïcode","metadata":{"a":"1"}""");
            var replay = await shared.Pay(debtor, "987654321", amount, key, ""","remittanceInfo":"ünïcode","metadata":{"a":"1"}""");
            Assert.False(first.IsReplay);
            Assert.True(replay.IsReplay);
            Assert.Equal(first.Text, replay.Text);
            Assert.Equal(first.Headers["Location"], replay.Headers["Location"]);
        }
    }

    [Fact]
    public async Task White_space_and_the_order_of_fields_make_no_other_request()
    {
        var debtor = await shared.Account();
        var key = shared.Name("order");
        var first = (await shared.Bank.Post("/payments", SharedServer.Body(debtor, "987654321", "1.00"), key)).Is(HttpStatusCode.Created);
        var second = (await shared.Bank.Post("/payments", $$""" { "creditorAccount" : "987654321", "debtorAccount": "{{debtor}}", "currency":"USD", "amount":"1.0" } """, key)).Is(HttpStatusCode.Created);
        Assert.True(second.IsReplay);
        Assert.Equal(first.Text, second.Text);
    }

    [Theory]
    [InlineData("2.00", "")]
    [InlineData("1.00", ""","remittanceInfo":"other" """)]
    [InlineData("1.00", ""","metadata":{"a":"b"}""")]
    [InlineData("1.00", ""","endToEndId":"x" """)]
    public async Task The_same_key_with_another_body_is_refused(string amount, string more)
    {
        var debtor = await shared.Account();
        var key = shared.Name("reuse");
        await shared.Pay(debtor, "987654321", "1.00", key);
        (await shared.Bank.Post("/payments", SharedServer.Body(debtor, "987654321", amount, more), key)).IsProblem(422, "idempotency_key_reused");
        Assert.Equal("999.00", await shared.Balance(debtor));
    }

    [Fact]
    public async Task The_same_key_of_another_tenant_or_debtor_is_another_payment()
    {
        var key = shared.Name("scope");
        var (one, two) = (await shared.Account(), await shared.Account());
        var other = await shared.Account(owner: shared.SecondBank);
        var ids = new[]
        {
            (await shared.Pay(one, "987654321", "1.00", key))["id"],
            (await shared.Pay(two, "987654321", "1.00", key))["id"],
            (await shared.Pay(other, "987654321", "1.00", key, by: shared.SecondBank))["id"],
        };
        Assert.Equal(3, ids.Distinct().Count());
        var found = (await shared.Bank.Get("/payments?idempotencyKey=" + key)).Is(HttpStatusCode.OK);
        Assert.Equal(ids[..2].Order(), found.Json.GetProperty("data").EnumerateArray().Select(static payment => payment.GetProperty("id").GetString()!).Order());
    }

    [Fact]
    public async Task A_quoted_key_and_a_bare_one_are_the_same()
    {
        var debtor = await shared.Account();
        var key = shared.Name("quoted");
        await shared.Pay(debtor, "987654321", "1.00", key);
        Assert.True((await shared.Pay(debtor, "987654321", "1.00", $"\"{key}\"")).IsReplay);
    }

    [Fact]
    public async Task An_answer_and_its_key_outlive_the_process()
    {
        var data = Directory.CreateTempSubdirectory("gateway-tests-").FullName;
        try
        {
            string first, seeded;
            await using (var server = await GatewayServer.Start(data: data))
            {
                using var api = server.Api();
                first = (await api.Post("/payments", SharedServer.Body("123456789", "987654321", "5.00"), "survives")).Is(HttpStatusCode.Created).Text;
                seeded = (await api.Get("/accounts/sandbox_0001")).Text;
            }

            await using (var server = await GatewayServer.Start(data: data))
            {
                using var api = server.Api();
                var again = (await api.Post("/payments", SharedServer.Body("123456789", "987654321", "5.00"), "survives")).Is(HttpStatusCode.Created);
                Assert.True(again.IsReplay);
                Assert.Equal(first, again.Text);
                Assert.Equal(seeded, (await api.Get("/accounts/sandbox_0001")).Text);
                Assert.Equal("999995.00", (await api.Get("/accounts/123456789")).Json.GetProperty("balance").GetProperty("posted").GetString());
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Outside_the_sandbox_a_key_is_required_and_the_sandbox_is_not_there()
    {
        await using var server = await GatewayServer.Start(sandbox: false);
        var registry = (Ledger.IRegistry)server.Services.GetService(typeof(Ledger.IRegistry))!;
        registry.AddKey(new Ledger.ApiKey("live", registry.AddTenant("live_bank"), "live_bank", Ledger.ApiKeyRole.Bank, 0, null), global::Gateway.Keys.ApiKeys.Hash("sk_live"));
        using var api = server.Api("sk_live");
        (await api.Post("/payments", SharedServer.Body("a", "b", "1.00"))).IsProblem(400, "idempotency_key_missing");
        (await api.Post("/accounts", """{"currency":"USD"}""")).IsProblem(400, "idempotency_key_missing");
        (await api.Post("/sandbox/clock/advance", """{"seconds":1}""")).IsProblem(404, "path_unknown");
        (await server.Api().Get("/accounts")).IsProblem(401, "unauthenticated");
        var opened = (await api.Post("/accounts", """{"currency":"EUR"}""", "open-1")).Is(HttpStatusCode.Created);
        Assert.Matches("^acct_[0-9a-z]{26}$", opened["id"]);
        var replay = (await api.Post("/accounts", """{"currency":"EUR"}""", "open-1")).Is(HttpStatusCode.Created);
        Assert.Equal((opened.Text, true), (replay.Text, replay.IsReplay));
    }

    [Theory]
    [InlineData("\"unended")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"\"")]
    [InlineData("tab\there")]
    public async Task A_key_that_is_not_readable_is_refused(string key)
    {
        (await shared.Bank.Post("/payments", SharedServer.Body("123456789", "987654321", "1.00"), key)).IsProblem(400, "idempotency_key_invalid");
    }

    [Fact]
    public async Task A_key_has_at_most_255_characters()
    {
        var debtor = await shared.Account();
        await shared.Pay(debtor, "987654321", "1.00", new string('k', 255));
        (await shared.Bank.Post("/payments", SharedServer.Body(debtor, "987654321", "1.00"), new string('k', 256))).IsProblem(400, "idempotency_key_invalid");
        Assert.Equal("999.00", await shared.Balance(debtor));
    }
}
