using System.Net;

namespace Gateway.Tests.Accounts;

/// <summary>Velocity limits over the real clock of the sandbox: a server of its own, since its time is moved.</summary>
public sealed class LimitTests
{
    // Window, limit, the payments that pass, what is refused after them, and how far the clock moves until it passes again.
    [Theory]
    [InlineData("""{"perMinute":{"count":2}}""", 2, "1.00", "1.00", 61)]
    [InlineData("""{"perMinute":{"amount":"5.00"}}""", 2, "2.00", "1.01", 61)]
    [InlineData("""{"perHour":{"count":3}}""", 3, "1.00", "1.00", 3_660)]
    [InlineData("""{"perHour":{"amount":"3.00"}}""", 1, "3.00", "0.01", 3_660)]
    [InlineData("""{"perDay":{"count":1}}""", 1, "1.00", "1.00", 87_840)]
    [InlineData("""{"perDay":{"amount":"10.00"}}""", 2, "5.00", "0.01", 87_840)]
    public async Task A_window_fills_and_frees(string limits, int passes, string amount, string refused, int seconds)
    {
        await using var server = await GatewayServer.Start();
        using var api = server.Api();
        (await api.Put("/accounts/sandbox_0001/limits", limits)).Is(HttpStatusCode.OK);
        for (var i = 0; i < passes; i++)
            Assert.Equal("settled", (await Pay(api, amount, $"pass-{i}"))["status"]);
        var reason = (await Pay(api, refused, "refused")).Json.GetProperty("reason");
        Assert.Equal(("AM14", "later"), (reason.GetProperty("code").GetString(), reason.GetProperty("retry").GetString()));
        var window = (await api.Get("/accounts/sandbox_0001")).Json.GetProperty("limits").EnumerateObject().Single().Value;
        Assert.Equal(passes, window.GetProperty("used").GetProperty("count").GetInt32());
        Assert.Equal(passes * decimal.Parse(amount), decimal.Parse(window.GetProperty("used").GetProperty("amount").GetString()!));
        Assert.NotNull(window.GetProperty("resetsAt").GetString());

        (await api.Post("/sandbox/clock/advance", $$"""{"seconds":{{seconds}}}""")).Is(HttpStatusCode.OK);
        Assert.Equal("settled", (await Pay(api, refused, "freed"))["status"]);
    }

    [Fact]
    public async Task A_single_payment_has_its_own_limit_and_all_limits_are_replaced()
    {
        await using var server = await GatewayServer.Start();
        using var api = server.Api();
        var account = (await api.Put("/accounts/sandbox_0001/limits", """{"perPayment":"10.00"}""")).Is(HttpStatusCode.OK);
        Assert.Equal("""{"perPayment":"10.00"}""", account.Json.GetProperty("limits").GetRawText());
        Assert.Equal("settled", (await Pay(api, "10.00", "a"))["status"]);
        Assert.Equal("AM02", (await Pay(api, "10.01", "b")).Json.GetProperty("reason").GetProperty("code").GetString());
        (await api.Put("/accounts/sandbox_0001/limits", """{"perMinute":{"count":100}}""")).Is(HttpStatusCode.OK);
        Assert.Equal("settled", (await Pay(api, "10.01", "c"))["status"]);
        (await api.Put("/accounts/sandbox_0001/limits", "{}")).Is(HttpStatusCode.OK);
        Assert.Equal("{}", (await api.Get("/accounts/sandbox_0001")).Json.GetProperty("limits").GetRawText());
        Assert.Equal(["perMinute.count"], (await api.Put("/accounts/sandbox_0001/limits", """{"perMinute":{"count":"5"}}""")).IsProblem(422, "invalid_fields").Fields);
    }

    private static async Task<Answer> Pay(Api api, string amount, string key) =>
        (await api.Post("/payments", SharedServer.Body("sandbox_0001", "987654321", amount), key)).Is(HttpStatusCode.Created);
}
