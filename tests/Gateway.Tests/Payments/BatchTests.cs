using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Payments;

[Collection(GatewayCollection.Name)]
public sealed class BatchTests(SharedServer shared)
{
    [Fact]
    public async Task Results_come_in_order_and_one_bad_item_spoils_nothing()
    {
        var (one, two, closed) = (await shared.Account("10.00"), await shared.Account("10.00"), await shared.Account("0"));
        (await shared.Bank.Post($"/accounts/{closed}/close", "{}")).Is(HttpStatusCode.OK);
        var key = shared.Name("b");
        string[] items =
        [
            Item(one, "987654321", "4.00", key + "-0"),
            Item(two, "987654321", "5.00", key + "-1"),
            Item(one, "987654321", "1e2", key + "-2"),
            Item(one, "987654321", "6.00", key + "-3"),
            Item(one, "987654321", "6.01", key + "-4"),
            Item("nobody", "987654321", "1.00", key + "-5"),
            "5",
            Item(two, closed, "1.00", key + "-7"),
            Item(one, "987654321", "4.00", key + "-0"),
            Item(two, "987654321", "5.01", key + "-1"),
            """{"idempotencyKey":"tab\t"}""",
        ];
        var results = (await shared.Bank.Post("/payments/batch", $"[{string.Join(",", items)}]")).Is(HttpStatusCode.OK).Json.EnumerateArray().ToList();
        Assert.Equal([201, 201, 422, 201, 201, 422, 422, 201, 201, 422, 422], results.Select(Status));
        Assert.Equal(key + "-3", results[3].GetProperty("idempotencyKey").GetString());
        Assert.Equal("""["must be digits, with at most 2 of them after one point (USD)."]""", Errors(results[2]).GetProperty("[2].amount").GetRawText());
        Assert.True(Errors(results[5]).TryGetProperty("[5].debtorAccount", out _));
        Assert.True(Errors(results[6]).TryGetProperty("[6]", out _));
        Assert.Equal("rejected", results[4].GetProperty("payment").GetProperty("status").GetString());
        Assert.Equal("AC07", results[7].GetProperty("payment").GetProperty("reason").GetProperty("code").GetString());
        Assert.Equal(results[0].GetProperty("payment").GetRawText(), results[8].GetProperty("payment").GetRawText());
        Assert.True(results[8].GetProperty("idempotentReplayed").GetBoolean());
        Assert.Equal("idempotency_key_reused", results[9].GetProperty("problem").GetProperty("code").GetString());
        Assert.True(Errors(results[10]).TryGetProperty("[10].idempotencyKey", out _));
        Assert.Equal(("0.00", "5.00"), (await shared.Balance(one), await shared.Balance(two)));
    }

    [Fact]
    public async Task Lines_are_answered_by_lines_and_a_broken_one_is_refused_alone()
    {
        var debtor = await shared.Account("10.00");
        var key = shared.Name("l");
        var body = $"{Item(debtor, "987654321", "1.00", key + "-0")}\n\n{{broken\r\n{Item(debtor, "987654321", "2.00", key + "-2")}";
        var answer = (await shared.Bank.Send(HttpMethod.Post, "/payments/batch", body, contentType: "application/x-ndjson")).Is(HttpStatusCode.OK);
        Assert.Equal("application/x-ndjson", answer.Headers["Content-Type"]);
        var lines = answer.Text.TrimEnd('\n').Split('\n').Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal([201, 400, 201], lines.Select(Status));
        Assert.Equal("malformed_json", lines[1].GetProperty("problem").GetProperty("code").GetString());
        Assert.Equal("7.00", await shared.Balance(debtor));
    }

    [Fact]
    public async Task A_batch_sent_again_is_a_replay_of_each_item()
    {
        var debtors = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => shared.Account("100.00")));
        var key = shared.Name("again");
        var body = $"[{string.Join(",", Enumerable.Range(0, 1_000).Select(i => Item(debtors[i % 5], "987654321", "0.10", $"{key}-{i}")))}]";
        var first = (await shared.Bank.Post("/payments/batch", body)).Is(HttpStatusCode.OK).Json.EnumerateArray().ToList();
        var second = (await shared.Bank.Post("/payments/batch", body)).Is(HttpStatusCode.OK).Json.EnumerateArray().ToList();
        Assert.Equal(1_000, first.Count);
        Assert.All(first, static result => Assert.Equal(201, Status(result)));
        Assert.Equal(first.Select(static result => result.GetProperty("payment").GetRawText()), second.Select(static result => result.GetProperty("payment").GetRawText()));
        foreach (var debtor in debtors)
            Assert.Equal("80.00", await shared.Balance(debtor));
    }

    [Fact]
    public async Task A_payment_sent_by_itself_is_replayed_by_a_batch_and_the_other_way_round()
    {
        var debtor = await shared.Account("100.00");
        var key = shared.Name("either");
        var items = Enumerable.Range(0, 150).Select(i => (Key: $"{key}-{new string('k', i)}", Body: $$"""{"amount":"0.10","currency":"USD","debtorAccount":"{{debtor}}","creditorAccount":"987654321","remittanceInfo":"{{new string('x', 1 + (i % 140))}}"}""")).ToList();
        var alone = new List<string>();
        foreach (var (itemKey, body) in items.Take(75))
            alone.Add((await shared.Bank.Post("/payments", body, itemKey)).Is(HttpStatusCode.Created).Text);
        var batch = $"[{string.Join(",", items.Select(static item => $"{{\"idempotencyKey\":\"{item.Key}\",{item.Body[1..]}"))}]";
        var results = (await shared.Bank.Post("/payments/batch", batch)).Is(HttpStatusCode.OK).Json.EnumerateArray().ToList();
        Assert.Equal(alone, results.Take(75).Select(static result => result.GetProperty("payment").GetRawText()));
        foreach (var ((itemKey, body), result) in items.Zip(results).Skip(75))
            Assert.Equal(result.GetProperty("payment").GetRawText(), (await shared.Bank.Post("/payments", body, itemKey)).Is(HttpStatusCode.Created).Text);
        Assert.Equal("85.00", await shared.Balance(debtor));
    }

    [Fact]
    public async Task A_batch_is_refused_whole_where_it_is_not_one()
    {
        (await shared.Bank.Post("/payments/batch", "[]", "a-key")).IsProblem(400, "idempotency_key_invalid");
        (await shared.Bank.Post("/payments/batch", "{}")).IsProblem(400, "malformed_json");
        (await shared.Bank.Post("/payments/batch", "[{},")).IsProblem(400, "malformed_json");
        (await shared.Bank.Post("/payments/batch", "[] x")).IsProblem(400, "malformed_json");
        (await shared.Bank.Send(HttpMethod.Post, "/payments/batch", "[]", contentType: "text/csv")).IsProblem(415, "content_type_not_supported");
        (await shared.Bank.Post("/payments/batch", $"[{string.Join(",", Enumerable.Repeat("{}", 10_001))}]")).IsProblem(422, "batch_too_long");
        Assert.Equal("[]", (await shared.Bank.Post("/payments/batch", "[]")).Is(HttpStatusCode.OK).Text);
    }

    private static string Item(string debtor, string creditor, string amount, string key) => SharedServer.Body(debtor, creditor, amount, $",\"idempotencyKey\":\"{key}\"");

    private static int Status(JsonElement result) => result.GetProperty("status").GetInt32();

    private static JsonElement Errors(JsonElement result) => result.GetProperty("problem").GetProperty("errors");
}
