using System.Net;

namespace Gateway.Tests.Payments;

[Collection(GatewayCollection.Name)]
public sealed class ReturnTests(SharedServer shared)
{
    [Fact]
    public async Task Parts_go_back_until_nothing_is_left()
    {
        var (debtor, creditor) = (await shared.Account("100.00"), await shared.Account("0"));
        var payment = await shared.Pay(debtor, creditor, "50.00");
        var first = await Return(payment, """{"amount":"20.00","reason":"CUST"}""");
        Assert.Equal(("settled", "20.00", creditor, debtor), (first["status"], first["amount"], first["debtorAccount"], first["creditorAccount"]));
        Assert.Equal((payment["id"], "CUST"), (first["returnOf"], first["returnReason"]));
        Assert.Equal("/payments/" + first["id"], first.Headers["Location"]);
        Assert.Equal(["amount"], (await Try(payment, """{"amount":"30.01","reason":"CUST"}""")).IsProblem(422, "return_exceeds_payment").Fields);
        var rest = await Return(payment, """{"reason":"DUPL"}""");
        Assert.Equal("30.00", rest["amount"]);
        (await Try(payment, """{"amount":"0.01","reason":"CUST"}""")).IsProblem(422, "return_exceeds_payment");

        var original = (await shared.Bank.Get("/payments/" + payment["id"])).Is(HttpStatusCode.OK);
        Assert.Equal(("settled", "50.00"), (original["status"], original["amountReturned"]));
        Assert.Equal([first["id"], rest["id"]], original.Json.GetProperty("returns").EnumerateArray().Select(static id => id.GetString()!));
        Assert.Equal(("100.00", "0.00"), (await shared.Balance(debtor), await shared.Balance(creditor)));
        Assert.Equal("return", (await shared.Bank.Get($"/accounts/{debtor}/entries?limit=1")).Json.GetProperty("data")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task The_same_key_returns_once()
    {
        var (debtor, creditor) = (await shared.Account("100.00"), await shared.Account("0"));
        var payment = await shared.Pay(debtor, creditor, "50.00");
        var key = shared.Name("return");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => shared.Bank.Post($"/payments/{payment["id"]}/return", """{"amount":"5.00","reason":"CUST"}""", key)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Is(HttpStatusCode.Created).Text));
        Assert.Equal(15, answers.Count(static answer => answer.IsReplay));
        Assert.Equal("45.00", await shared.Balance(creditor));
        (await shared.Bank.Post($"/payments/{payment["id"]}/return", """{"amount":"6.00","reason":"CUST"}""", key)).IsProblem(422, "idempotency_key_reused");
    }

    [Fact]
    public async Task Concurrent_returns_never_exceed_the_payment()
    {
        var (debtor, creditor) = (await shared.Account("100.00"), await shared.Account("100.00"));
        var payment = await shared.Pay(debtor, creditor, "10.00");
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Try(payment, """{"amount":"1.00","reason":"CUST"}""")));
        Assert.Equal(10, answers.Count(static answer => answer.Status == HttpStatusCode.Created));
        Assert.All(answers.Where(static answer => answer.Status != HttpStatusCode.Created), static answer => answer.IsProblem(422, "return_exceeds_payment"));
        Assert.Equal(("100.00", "100.00"), (await shared.Balance(debtor), await shared.Balance(creditor)));
    }

    [Fact]
    public async Task A_return_without_funds_is_rejected_and_returns_nothing()
    {
        var (debtor, creditor) = (await shared.Account("100.00"), await shared.Account("0"));
        var payment = await shared.Pay(debtor, creditor, "10.00");
        await shared.Pay(creditor, "987654321", "5.00");
        var answer = await Return(payment, """{"reason":"CUST"}""");
        Assert.Equal(("rejected", "AM04"), (answer["status"], answer.Json.GetProperty("reason").GetProperty("code").GetString()));
        Assert.Equal("0.00", (await shared.Bank.Get("/payments/" + payment["id"]))["amountReturned"]);
    }

    [Fact]
    public async Task Only_the_creditors_tenant_returns()
    {
        var (debtor, creditor) = (await shared.Account("100.00"), await shared.Account("0", owner: shared.SecondBank));
        var payment = await shared.Pay(debtor, creditor, "10.00");
        (await Try(payment, """{"reason":"CUST"}""")).IsProblem(403, "role_not_allowed");
        (await shared.SecondBank.Post($"/payments/{payment["id"]}/return", """{"reason":"CUST"}""")).Is(HttpStatusCode.Created);
        Assert.Equal("100.00", await shared.Balance(debtor));
    }

    [Theory]
    [InlineData("""{}""", "reason")]
    [InlineData("""{"reason":"XXXX"}""", "reason")]
    [InlineData("""{"reason":5}""", "reason")]
    [InlineData("""{"reason":"CUST","amount":"0"}""", "amount")]
    [InlineData("""{"reason":"CUST","amount":5}""", "amount")]
    [InlineData("""{"reason":"CUST","amount":"1.001"}""", "amount")]
    [InlineData("""{"reason":"CUST","note":"x"}""", "note")]
    public async Task A_refused_field_is_named(string body, string field)
    {
        var payment = await shared.Pay(await shared.Account(), "987654321", "1.00");
        Assert.Equal([field], (await Try(payment, body)).IsProblem(422, "invalid_fields").Fields);
    }

    [Fact]
    public async Task A_rejected_payment_has_nothing_to_return()
    {
        var payment = await shared.Pay(await shared.Account("0"), "987654321", "1.00");
        (await Try(payment, """{"reason":"CUST"}""")).IsProblem(422, "payment_not_returnable");
    }

    private async Task<Answer> Return(Answer payment, string body) => (await Try(payment, body)).Is(HttpStatusCode.Created);

    private Task<Answer> Try(Answer payment, string body) => shared.Bank.Post($"/payments/{payment["id"]}/return", body);
}
