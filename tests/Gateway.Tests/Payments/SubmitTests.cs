using System.Net;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Payments;

[Collection(GatewayCollection.Name)]
public sealed partial class SubmitTests(SharedServer shared)
{
    private const string Seed = """{"amount":"150.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321","remittanceInfo":"Invoice 12345"}""";

    [Fact]
    public async Task The_seed_request_settles_and_moves_both_balances()
    {
        var (debtorBefore, creditorBefore) = (decimal.Parse(await shared.Balance("123456789")), decimal.Parse(await shared.Balance("987654321")));
        var answer = (await shared.Bank.Post("/payments", Seed)).Is(HttpStatusCode.Created);
        Assert.Equal("settled", answer["status"]);
        Assert.Equal(debtorBefore - 150.00m, decimal.Parse(await shared.Balance("123456789")));
        Assert.Equal(creditorBefore + 150.00m, decimal.Parse(await shared.Balance("987654321")));
        Assert.NotEmpty(answer.Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task The_answer_has_the_documented_form()
    {
        var answer = (await shared.Bank.Post("/payments", Seed, shared.Name("form"))).Is(HttpStatusCode.Created);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        Assert.Equal("/payments/" + answer["id"], answer.Headers["Location"]);
        Assert.Equal("2026-11-21", answer.Headers["Payments-Version"]);
        Assert.Matches("^req_[0-9a-z]+$", answer.Headers["Request-Id"]);
        Assert.StartsWith("app;dur=", answer.Headers["Server-Timing"]);
        Assert.Matches("^pay_[0-9a-z]{26}$", answer["id"]);
        var fields = answer.Json.EnumerateObject().Select(static field => field.Name).ToArray();
        Assert.Equal(
            ["id", "status", "isoStatus", "amount", "currency", "debtorAccount", "creditorAccount", "remittanceInfo", "endToEndId", "uetr", "reason", "amountReturned", "createdAt", "settledAt"],
            fields);
        Assert.Equal(("ACSC", "150.00", "USD", "Invoice 12345", "0.00", ""), (answer["isoStatus"], answer["amount"], answer["currency"], answer["remittanceInfo"], answer["amountReturned"], answer["reason"]));
        Assert.Equal(answer["id"], answer["endToEndId"]);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", answer["uetr"]);
        Assert.Matches(Rfc3339(), answer["createdAt"]);
        Assert.Matches(Rfc3339(), answer["settledAt"]);
    }

    [Fact]
    public async Task Every_optional_field_comes_back_as_it_was_given()
    {
        var account = await shared.Account();
        const string Optional = """
            ,"remittanceInfo":"Überweisung \"42\" 🎉","endToEndId":"E2E-1","uetr":"a9e3ab8b-23a4-4a62-8f4c-8d4d3ac5be00","creditorAgent":"110000000","debtorName":"Ada Lovelace",
            "creditorName":"Grace Hopper","purpose":"SUPP","location":{"latitude":52.5200,"longitude":-13.4050,"name":"Berlin"},"ipAddress":"2001:db8::1","deviceId":"device-7",
            "metadata":{"order":"42","empty":""}
            """;
        var first = await shared.Pay(account, "987654321", "1.00", more: Optional);
        var read = (await shared.Bank.Get("/payments/" + first["id"])).Is(HttpStatusCode.OK);
        foreach (var answer in new[] { first, read })
        {
            Assert.Equal("Überweisung \"42\" 🎉", answer["remittanceInfo"]);
            Assert.Equal(("E2E-1", "a9e3ab8b-23a4-4a62-8f4c-8d4d3ac5be00"), (answer["endToEndId"], answer["uetr"]));
            Assert.Equal(("Ada Lovelace", "Grace Hopper", "SUPP", "2001:db8::1", "device-7"), (answer["debtorName"], answer["creditorName"], answer["purpose"], answer["ipAddress"], answer["deviceId"]));
            Assert.Equal("""{"latitude":52.5200,"longitude":-13.4050,"name":"Berlin"}""", answer.Json.GetProperty("location").GetRawText());
            Assert.Equal("""{"order":"42","empty":""}""", answer.Json.GetProperty("metadata").GetRawText());
        }

        Assert.Equal("[]", read.Json.GetProperty("returns").GetRawText());
    }

    [Theory]
    [InlineData("JPY", "100", "100")]
    [InlineData("BHD", "1.5", "1.500")]
    [InlineData("USD", "0.01", "0.01")]
    public async Task Amounts_have_their_currencys_minor_digits(string currency, string asked, string answered)
    {
        var debtor = await shared.Account("1000", currency);
        var creditor = await shared.Account("0", currency);
        var answer = (await shared.Bank.Post("/payments", SharedServer.Body(debtor, creditor, asked, currency: currency), shared.Name("minor"))).Is(HttpStatusCode.Created);
        Assert.Equal((answered, "settled"), (answer["amount"], answer["status"]));
    }

    [Fact]
    public async Task A_decline_is_a_payment_with_a_reason()
    {
        var debtor = await shared.Account("10.00");
        var answer = await shared.Pay(debtor, "987654321", "10.01");
        Assert.Equal(("rejected", "RJCT"), (answer["status"], answer["isoStatus"]));
        var reason = answer.Json.GetProperty("reason");
        Assert.Equal(("AM04", "InsufficientFunds", "later"), (reason.GetProperty("code").GetString(), reason.GetProperty("name").GetString(), reason.GetProperty("retry").GetString()));
        Assert.NotEmpty(reason.GetProperty("detail").GetString()!);
        Assert.Equal("", answer["settledAt"]);
        Assert.Equal("10.00", await shared.Balance(debtor));
        Assert.Equal("rejected", (await shared.Bank.Get("/payments/" + answer["id"]))["status"]);
    }

    [Fact]
    public async Task A_dry_run_answers_the_decision_and_does_nothing()
    {
        var debtor = await shared.Account("10.00");
        var settled = (await shared.Bank.Post("/payments?dryRun=true", SharedServer.Body(debtor, "987654321", "10.00"))).Is(HttpStatusCode.OK);
        Assert.Equal(("", "True", "settled"), (settled["id"], settled["dryRun"], settled["status"]));
        var rejected = (await shared.Bank.Post("/payments?dryRun=true", SharedServer.Body(debtor, "987654321", "10.01"))).Is(HttpStatusCode.OK);
        Assert.Equal("AM04", rejected.Json.GetProperty("reason").GetProperty("code").GetString());
        Assert.Equal("10.00", await shared.Balance(debtor));
        Assert.Empty((await shared.Bank.Get("/payments?account=" + debtor)).Json.GetProperty("data").EnumerateArray());
        (await shared.Bank.Post("/payments?dryRun=maybe", SharedServer.Body(debtor, "987654321", "1.00"))).IsProblem(422, "invalid_fields");
    }

    [Fact]
    public async Task Waiting_for_a_final_status_ends_at_once_where_it_is_there()
    {
        var debtor = await shared.Account();
        var answer = (await shared.Bank.Post("/payments?wait=20s", SharedServer.Body(debtor, "987654321", "1.00"), shared.Name("wait"))).Is(HttpStatusCode.Created);
        Assert.Equal("settled", (await shared.Bank.Get($"/payments/{answer["id"]}?wait=30s")).Is(HttpStatusCode.OK)["status"]);
        Assert.Equal(["wait"], (await shared.Bank.Get($"/payments/{answer["id"]}?wait=31s")).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["wait"], (await shared.Bank.Post("/payments?wait=soon", SharedServer.Body(debtor, "987654321", "1.00"))).IsProblem(422, "invalid_fields").Fields);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    private static partial Regex Rfc3339();
}
