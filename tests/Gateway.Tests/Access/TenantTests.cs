using System.Net;

namespace Gateway.Tests.Access;

[Collection(GatewayCollection.Name)]
public sealed class TenantTests(SharedServer shared)
{
    [Fact]
    public async Task Another_tenants_resources_are_not_there()
    {
        var (debtor, creditor) = (await shared.Account("10.00"), await shared.Account("0"));
        var payment = await shared.Pay(debtor, creditor, "1.00", "tenant-key", ""","endToEndId":"TENANT-E2E" """);
        foreach (var path in new[] { $"/payments/{payment["id"]}", $"/payments/{payment["id"]}/journey", $"/accounts/{debtor}", $"/accounts/{debtor}/entries", $"/accounts/{debtor}/balance" })
        {
            (await shared.SecondBank.Get(path)).IsProblem(404, "not_found");
            (await shared.Analyst.Get(path)).Is(HttpStatusCode.OK);
        }

        foreach (var filter in new[] { "account=" + debtor, "idempotencyKey=tenant-key", "endToEndId=TENANT-E2E", "uetr=" + payment["uetr"], "limit=1000" })
        {
            Assert.DoesNotContain(payment["id"], (await shared.SecondBank.Get("/payments?" + filter)).Is(HttpStatusCode.OK).Text);
            Assert.True((await shared.Analyst.Get("/payments?" + filter)).Is(HttpStatusCode.OK).Text.Contains(payment["id"], StringComparison.Ordinal), filter);
        }

        (await shared.SecondBank.Post($"/payments/{payment["id"]}/return", """{"reason":"CUST"}""")).IsProblem(404, "not_found");
        (await shared.SecondBank.Put($"/accounts/{debtor}/limits", "{}")).IsProblem(404, "not_found");
        Assert.Equal(["debtorAccount"], (await shared.SecondBank.Post("/payments", SharedServer.Body(debtor, creditor, "1.00"))).IsProblem(422, "invalid_fields").Fields);
        Assert.DoesNotContain(debtor, (await shared.SecondBank.Get("/events?limit=1000")).Text);
    }

    [Fact]
    public async Task A_creditor_sees_what_travels_with_a_payment_and_no_more()
    {
        var (debtor, creditor) = (await shared.Account("10.00", shard: 0), await shared.Account("0", owner: shared.SecondBank, shard: 0));
        var settled = await shared.Pay(debtor, creditor, "1.00", more: ""","remittanceInfo":"For you","debtorName":"Ada","deviceId":"secret-device","ipAddress":"10.0.0.1","location":{"latitude":1,"longitude":2},"metadata":{"note":"secret-note"}""");
        var rejected = await shared.Pay(debtor, creditor, "500.00");
        var seen = (await shared.SecondBank.Get("/payments/" + settled["id"])).Is(HttpStatusCode.OK);
        Assert.Equal(("For you", "Ada"), (seen["remittanceInfo"], seen["debtorName"]));
        Assert.DoesNotContain("secret", seen.Text);
        Assert.DoesNotContain("10.0.0.1", seen.Text);
        Assert.DoesNotContain("location", seen.Text);
        var legs = (await shared.SecondBank.Get($"/payments/{settled["id"]}/journey")).Json.GetProperty("steps")[2].GetProperty("legs");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, legs[0].GetProperty("balanceAfter").ValueKind);
        Assert.Equal("1.00", legs[1].GetProperty("balanceAfter").GetString());
        var events = (await shared.SecondBank.Get("/events?limit=1000")).Is(HttpStatusCode.OK);
        Assert.Contains(settled["id"], events.Text);
        Assert.DoesNotContain("secret", events.Text);
        Assert.Equal("The debtor account's available funds do not cover the amount.", (await shared.SecondBank.Get("/payments/" + rejected["id"])).Json.GetProperty("reason").GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(null, 401, "unauthenticated")]
    [InlineData("", 401, "unauthenticated")]
    [InlineData("sk_unknown", 401, "unauthenticated")]
    [InlineData("sk_sandbox_bankx", 401, "unauthenticated")]
    [InlineData(Keys.Analyst, 403, "role_not_allowed")]
    [InlineData(Keys.Administrator, 403, "role_not_allowed")]
    [InlineData(Keys.Merchant, 403, "role_not_allowed")]
    [InlineData(Keys.MerchantPublishable, 403, "role_not_allowed")]
    public async Task Only_a_banks_key_pays(string? key, int status, string code)
    {
        using var api = shared.Server.Api(key is "" ? null : key);
        if (key is "")
            api.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Basic c2tfc2FuZGJveF9iYW5rOg==");
        var answer = (await api.Post("/payments", SharedServer.Body("123456789", "987654321", "1.00"))).IsProblem(status, code);
        if (status == 401)
            Assert.Equal("Bearer", answer.Headers["WWW-Authenticate"]);
    }

    [Fact]
    public async Task A_merchants_key_sees_its_own_and_a_publishable_one_nothing()
    {
        using var merchant = shared.Server.Api(Keys.Merchant);
        Assert.Equal("[]", (await merchant.Get("/accounts")).Is(HttpStatusCode.OK).Json.GetProperty("data").GetRawText());
        (await merchant.Get("/accounts/123456789")).IsProblem(404, "not_found");
        using var publishable = shared.Server.Api(Keys.MerchantPublishable);
        (await publishable.Get("/accounts")).IsProblem(403, "role_not_allowed");
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        var registry = (Ledger.IRegistry)shared.Server.Services.GetService(typeof(Ledger.IRegistry))!;
        var keys = (global::Gateway.Keys.ApiKeys)shared.Server.Services.GetService(typeof(global::Gateway.Keys.ApiKeys))!;
        registry.AddKey(new Ledger.ApiKey("short-lived", registry.AddTenant("short_lived"), "short_lived", Ledger.ApiKeyRole.Bank, 0, null), global::Gateway.Keys.ApiKeys.Hash("sk_short_lived"));
        using var api = shared.Server.Api("sk_short_lived");
        (await api.Get("/accounts")).Is(HttpStatusCode.OK);
        Assert.True(keys.Revoke("short-lived", 1));
        Assert.False(keys.Revoke("short-lived", 2));
        (await api.Get("/accounts")).IsProblem(401, "unauthenticated");
    }
}
