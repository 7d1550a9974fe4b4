using System.Net;
using Gateway.Problems;

namespace Gateway.Tests.Operations;

[Collection(GatewayCollection.Name)]
public sealed class OperationsTests(SharedServer shared)
{
    [Fact]
    public async Task Every_problem_has_a_page()
    {
        using var anyone = shared.Server.Api(key: null);
        var index = (await anyone.Get("/problems")).Is(HttpStatusCode.OK);
        foreach (var code in ProblemCode.All)
        {
            Assert.Contains($"href=\"/problems/{code.Code}\"", index.Text);
            var page = (await anyone.Get("/problems/" + code.Code)).Is(HttpStatusCode.OK);
            Assert.Equal("text/html; charset=utf-8", page.Headers["Content-Type"]);
            foreach (var part in new[] { "Meaning", "Cause", "Remedy" })
                Assert.Contains($"<h2>{part}</h2>", page.Text);
        }

        (await anyone.Get("/problems/nothing")).IsProblem(404, "not_found");
    }

    [Fact]
    public void Every_problem_code_is_listed_once()
    {
        var declared = typeof(ProblemCode).GetFields().Where(static field => field.FieldType == typeof(ProblemCode)).Select(static field => ((ProblemCode)field.GetValue(null)!).Code);
        Assert.Equal(declared.Order(), ProblemCode.All.Select(static code => code.Code).Order());
    }

    [Fact]
    public async Task Health_needs_no_key()
    {
        using var anyone = shared.Server.Api(key: null);
        Assert.Equal("live", (await anyone.Get("/health/live")).Is(HttpStatusCode.OK)["status"]);
        Assert.Equal("""{"status":"ready","missing":[]}""", (await anyone.Get("/health/ready")).Is(HttpStatusCode.OK).Text);
    }

    [Fact]
    public async Task Sandbox_faults_are_set_ended_and_checked()
    {
        await using var server = await GatewayServer.Start();
        using var merchant = server.Api(Keys.Merchant);
        (await merchant.Post("/sandbox/faults", """{"ledger":"delay","milliseconds":1}""")).Is(HttpStatusCode.OK);
        Assert.Equal(TimeSpan.FromMilliseconds(1), server.Faults.CommitDelay);
        Assert.Equal("""{"faults":[]}""", (await merchant.Send(HttpMethod.Delete, "/sandbox/faults")).Is(HttpStatusCode.OK).Text);
        Assert.Null(server.Faults.CommitDelay);
        foreach (var (body, field) in new[] { ("""{"ledger":"explode","milliseconds":1}""", "ledger"), ("""{"ledger":"delay"}""", "milliseconds"), ("""{"ledger":"delay","milliseconds":-1}""", "milliseconds"), ("""{"ledger":"delay","milliseconds":1,"acquirer":"timeout"}""", "acquirer") })
            Assert.Equal([field], (await merchant.Post("/sandbox/faults", body)).IsProblem(422, "invalid_fields").Fields);
        foreach (var body in new[] { "{}", """{"seconds":0}""", """{"seconds":-5}""", """{"seconds":"60"}""", """{"seconds":1.5}""", """{"seconds":99999999999}""" })
            Assert.Equal(["seconds"], (await merchant.Post("/sandbox/clock/advance", body)).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["amount"], (await merchant.Post("/sandbox/accounts/123456789/fund", "{}")).IsProblem(422, "invalid_fields").Fields);
        (await merchant.Post("/sandbox/accounts/nobody/fund", """{"amount":"1.00"}""")).IsProblem(404, "not_found");
        (await merchant.Post("/sandbox/accounts/123456789/fund", """{"amount":"1.00"}""", "f1")).Is(HttpStatusCode.OK);
        Assert.True((await merchant.Post("/sandbox/accounts/123456789/fund", """{"amount":"1.00"}""", "f1")).IsReplay);
        using var bank = server.Api();
        Assert.Equal("1000001.00", (await bank.Get("/accounts/123456789")).Json.GetProperty("balance").GetProperty("posted").GetString());
    }
}
