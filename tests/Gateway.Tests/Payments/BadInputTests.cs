using System.Net;
using System.Text;

namespace Gateway.Tests.Payments;

/// <summary>Whatever is sent, the answer is a 4xx that names the field, and nothing is recorded.</summary>
[Collection(GatewayCollection.Name)]
public sealed class BadInputTests(SharedServer shared)
{
    // The field's JSON, and the field that the errors name.
    public static TheoryData<string, string> RefusedFields => new()
    {
        { "\"amount\":\"1e2\"", "amount" },
        { "\"amount\":\"-1\"", "amount" },
        { "\"amount\":\"0\"", "amount" },
        { "\"amount\":\"0.00\"", "amount" },
        { "\"amount\":\"150.001\"", "amount" },
        { "\"amount\":\"150,00\"", "amount" },
        { "\"amount\":150.00", "amount" },
        { "\"amount\":150", "amount" },
        { "\"amount\":\"1234567890123456789012345\"", "amount" },
        { "\"amount\":\"1000000000000000.00\"", "amount" },
        { "\"amount\":\"10000000000000.01\"", "amount" },
        { "\"amount\":\"\"", "amount" },
        { "\"amount\":\" 1\"", "amount" },
        { "\"amount\":\"1.\"", "amount" },
        { "\"amount\":\".5\"", "amount" },
        { "\"amount\":\"+1\"", "amount" },
        { "\"amount\":\"0x10\"", "amount" },
        { "\"amount\":\"１.00\"", "amount" },
        { "\"amount\":\"NaN\"", "amount" },
        { "\"amount\":null", "amount" },
        { "\"amount\":true", "amount" },
        { "\"amount\":[\"1\"]", "amount" },
        { "\"amount\":{\"value\":\"1\"}", "amount" },
        { "\"currency\":\"usd\"", "currency" },
        { "\"currency\":\"XXX\"", "currency" },
        { "\"currency\":\"EUR\"", "currency" },
        { "\"currency\":840", "currency" },
        { "\"debtorAccount\":\"no-such-account\"", "debtorAccount" },
        { "\"debtorAccount\":123456789", "debtorAccount" },
        { "\"debtorAccount\":\"\"", "debtorAccount" },
        { "\"debtorAccount\":\"a b\"", "debtorAccount" },
        { "\"debtorAccount\":\"555000111\"", "debtorAccount" },
        { "\"debtorAccount\":\"system:funding\"", "debtorAccount" },
        { "\"debtorAccount\":\"' OR 1=1 --\"", "debtorAccount" },
        { "\"creditorAccount\":\"no-such-account\"", "creditorAccount" },
        { "\"creditorAccount\":\"system:funding\"", "creditorAccount" },
        { "\"creditorAccount\":\"123456789\"", "creditorAccount" },
        { "\"creditorAccount\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "creditorAccount" },
        { "\"remittanceInfo\":5", "remittanceInfo" },
        { "\"remittanceInfo\":\"\"", "remittanceInfo" },
        { "\"remittanceInfo\":null", "remittanceInfo" },
        { "\"remittanceInfo\":\"a\\u0000b\"", "remittanceInfo" },
        { "\"remittanceInfo\":\"a\\nb\"", "remittanceInfo" },
        { "\"remittanceInfo\":\"\\ud800\"", "remittanceInfo" },
        { $"\"remittanceInfo\":\"{new string('x', 141)}\"", "remittanceInfo" },
        { $"\"debtorName\":\"{new string('x', 141)}\"", "debtorName" },
        { $"\"endToEndId\":\"{new string('x', 36)}\"", "endToEndId" },
        { "\"uetr\":\"not-a-uuid\"", "uetr" },
        { "\"uetr\":\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"", "uetr" },
        { "\"ipAddress\":\"1.2.3\"", "ipAddress" },
        { "\"ipAddress\":\"256.1.1.1\"", "ipAddress" },
        { "\"ipAddress\":\"host\"", "ipAddress" },
        { "\"location\":{\"latitude\":91,\"longitude\":0}", "location.latitude" },
        { "\"location\":{\"latitude\":\"52\",\"longitude\":0}", "location.latitude" },
        { "\"location\":{\"longitude\":0}", "location.latitude" },
        { "\"location\":{\"latitude\":0,\"longitude\":1e9}", "location.longitude" },
        { "\"location\":{\"latitude\":0,\"longitude\":0,\"height\":1}", "location.height" },
        { "\"location\":{\"latitude\":0,\"latitude\":0,\"longitude\":0}", "location.latitude" },
        { "\"location\":[1,2]", "location" },
        { "\"metadata\":{\"key\":1}", "metadata.key" },
        { "\"metadata\":{\"key\":{\"nested\":\"x\"}}", "metadata.key" },
        { $"\"metadata\":{{\"key\":\"{new string('x', 501)}\"}}", "metadata.key" },
        { $"\"metadata\":{{\"{new string('k', 41)}\":\"x\"}}", $"metadata.{new string('k', 41)}" },
        { "\"metadata\":{\"key\":\"a\",\"key\":\"b\"}", "metadata.key" },
        { "\"metadata\":\"text\"", "metadata" },
        { $"\"metadata\":{{{string.Join(",", Enumerable.Range(0, 51).Select(static i => $"\"k{i}\":\"v\""))}}}", "metadata" },
        { "\"unknown\":1", "unknown" },
        { "\"Amount\":\"1.00\"", "Amount" },
        { "\"idempotencyKey\":\"x\"", "idempotencyKey" },
        { "\"__proto__\":{}", "__proto__" },
    };

    public static TheoryData<string> Unreadable => new()
    {
        "",
        " ",
        "{",
        "{\"amount\":\"1.00\",}",
        "{'amount':'1.00'}",
        "{\"amount\":1.}",
        "{\"amount\":01}",
        "{\"amount\":+1}",
        "{\"amount\":NaN}",
        "{} {}",
        "{}x",
        "[]",
        "null",
        "\"text\"",
        "5",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"line\nbreak\"}",
        "{/* comment */}",
        "\uFEFF{}",
        "{\"metadata\":" + string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40)) + "}",
        string.Concat(Enumerable.Repeat("{\"a\":", 10_000)),
    };

    public static TheoryData<string, string> CardNumbers => new()
    {
        { "remittanceInfo", "4242424242424242" },
        { "remittanceInfo", "card 4242 4242 4242 4242 thanks" },
        { "remittanceInfo", "4242-4242-4242-4242" },
        { "remittanceInfo", "12345 4242424242424242" },
        { "remittanceInfo", "378282246310005" },
        { "remittanceInfo", "3056 9309 0259 04" },
        { "remittanceInfo", "６０１１１１１１１１１１１１１７" },
        { "debtorName", "5555555555554444" },
        { "creditorName", "2223003122003222" },
        { "purpose", "6200000000000005" },
    };

    [Theory]
    [MemberData(nameof(RefusedFields))]
    public async Task A_refused_field_is_named(string field, string named)
    {
        var name = field[1..field.IndexOf('"', 1)];
        var fields = new List<string> { "\"amount\":\"1.00\"", "\"currency\":\"USD\"", "\"debtorAccount\":\"123456789\"", "\"creditorAccount\":\"987654321\"" };
        fields.RemoveAll(other => other.StartsWith($"\"{name}\"", StringComparison.Ordinal));
        fields.Add(field);
        var answer = await Refused($"{{{string.Join(",", fields)}}}");
        answer.IsProblem(422, "invalid_fields");
        Assert.Contains(named, answer.Fields);
        Assert.Single(answer.Fields);
    }

    [Theory]
    [InlineData("amount")]
    [InlineData("currency")]
    [InlineData("debtorAccount")]
    [InlineData("creditorAccount")]
    public async Task A_missing_field_is_named(string name)
    {
        var fields = new Dictionary<string, string> { ["amount"] = "1.00", ["currency"] = "USD", ["debtorAccount"] = "123456789", ["creditorAccount"] = "987654321" };
        fields.Remove(name);
        Assert.Equal([name], (await Refused(System.Text.Json.JsonSerializer.Serialize(fields))).IsProblem(422, "invalid_fields").Fields);
    }

    [Fact]
    public async Task Every_refused_field_is_named_not_only_the_first()
    {
        var answer = await Refused("""{"amount":"x","amount":"1.00","currency":"?","debtorAccount":"nobody","creditorAccount":"nobody2","endToEndId":"","location":{},"hello":1}""");
        answer.IsProblem(422, "invalid_fields");
        Assert.Equal(
            ["amount", "creditorAccount", "currency", "debtorAccount", "endToEndId", "hello", "location.latitude", "location.longitude"], answer.Fields.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Yen_have_no_cents()
    {
        var (debtor, creditor) = (await shared.Account("1000", "JPY"), await shared.Account("0", "JPY"));
        var answer = await shared.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "100.5", currency: "JPY"));
        Assert.Equal(["amount"], answer.IsProblem(422, "invalid_fields").Fields);
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_breaks_the_grammar_is_not_readable(string body) => (await Refused(body)).IsProblem(400, "malformed_json");

    [Fact]
    public async Task Broken_utf8_is_not_readable()
    {
        foreach (var bytes in new byte[][] { [0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80] })
        {
            byte[] body = [.. "{\"remittanceInfo\":\""u8, .. bytes, .. "\"}"u8];
            (await shared.Bank.Send(HttpMethod.Post, "/payments", body)).IsProblem(400, "malformed_json");
        }
    }

    [Theory]
    [MemberData(nameof(CardNumbers))]
    public async Task A_card_number_in_free_text_is_refused(string field, string text)
    {
        var answer = await Refused(SharedServer.Body("123456789", "987654321", "1.00", $",\"{field}\":\"{text}\""));
        Assert.Equal([field], answer.IsProblem(422, "card_number_not_accepted").Fields);
        Assert.DoesNotContain("4242", answer.Text);
    }

    [Fact]
    public async Task A_card_number_in_nested_text_is_refused_and_in_an_identifier_is_not()
    {
        const string Card = "4242424242424242";
        Assert.Equal(["metadata.note"], (await Refused(SharedServer.Body("123456789", "987654321", "1.00", $$""","metadata":{"note":"{{Card}}"}"""))).IsProblem(422, "card_number_not_accepted").Fields);
        Assert.Equal(["location.name"], (await Refused(SharedServer.Body("123456789", "987654321", "1.00", $$""","location":{"latitude":0,"longitude":0,"name":"{{Card}}"}"""))).IsProblem(422, "card_number_not_accepted").Fields);
        var debtor = await shared.Account();
        var answer = await shared.Pay(debtor, "987654321", "1.00", more: $$""","endToEndId":"{{Card}}","deviceId":"{{Card}}","remittanceInfo":"Order 4242424242424241 of 2026"}""".TrimEnd('}'));
        Assert.Equal(Card, answer["endToEndId"]);
    }

    [Theory]
    [InlineData("021000021")]
    [InlineData("110000001")]
    [InlineData("11000000")]
    public async Task Another_creditor_agent_is_refused(string agent)
    {
        var answer = await Refused(SharedServer.Body("123456789", "987654321", "1.00", $",\"creditorAgent\":\"{agent}\""));
        Assert.Equal(["creditorAgent"], answer.IsProblem(422, "creditor_agent_not_reachable").Fields);
    }

    [Fact]
    public async Task Ten_megabytes_are_too_large_and_the_connection_lives_on()
    {
        using var api = shared.Server.Api(maxConnections: 1);
        var large = Encoding.ASCII.GetBytes(SharedServer.Body("123456789", "987654321", "1.00", $",\"remittanceInfo\":\"{new string('x', 10_000_000)}\""));
        (await api.Send(HttpMethod.Post, "/payments", large)).IsProblem(413, "body_too_large");
        (await api.Send(HttpMethod.Post, "/payments/batch", [.. large, .. large])).IsProblem(413, "body_too_large");
        (await api.Get("/accounts/123456789")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_large_body_of_unknown_length_is_too_large()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/payments") { Content = new StreamContent(new MemoryStream(new byte[10_000_000])) };
        request.Headers.TransferEncodingChunked = true;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var response = await shared.Bank.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonx")]
    [InlineData("")]
    public async Task Another_content_type_is_not_supported(string contentType)
    {
        var body = Encoding.ASCII.GetBytes(SharedServer.Body("123456789", "987654321", "1.00"));
        (await shared.Bank.Send(HttpMethod.Post, "/payments", body, null, contentType.Length == 0 ? null : contentType)).IsProblem(415, "content_type_not_supported");
    }

    [Fact]
    public async Task Paths_methods_and_parameters_that_are_not_there_are_problems()
    {
        (await shared.Bank.Get("/nowhere")).IsProblem(404, "path_unknown");
        (await shared.Bank.Get("/payments/pay_nothing")).IsProblem(404, "not_found");
        (await shared.Bank.Get("/accounts/nobody")).IsProblem(404, "not_found");
        var wrongMethod = (await shared.Bank.Send(HttpMethod.Delete, "/payments")).IsProblem(405, "method_not_allowed");
        Assert.Equal(["GET", "POST"], wrongMethod.Headers["Allow"].Split(", ").Order());
        Assert.Equal(["colour"], (await shared.Bank.Get("/payments?colour=red")).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["colour"], (await shared.Bank.Post("/payments?colour=red", SharedServer.Body("123456789", "987654321", "1.00"))).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["limit"], (await shared.Bank.Get("/accounts?limit=0")).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["limit"], (await shared.Bank.Get("/events?limit=1001")).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["after"], (await shared.Bank.Get("/events?after=x")).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(["createdFrom"], (await shared.Bank.Get("/payments?createdFrom=yesterday")).IsProblem(422, "invalid_fields").Fields);
    }

    // Nothing is recorded: neither balance nor log moves.
    private async Task<Answer> Refused(string body)
    {
        var tail = await Tail();
        var answer = await shared.Bank.Post("/payments", body, shared.Name("bad"));
        Assert.InRange((int)answer.Status, 400, 499);
        Assert.Equal(tail, await Tail());
        return answer;
    }

    private Task<string> Tail() => Task.FromResult(((Ledger.Shards.LedgerShards)shared.Server.Services.GetService(typeof(Ledger.Shards.LedgerShards))!).End.ToString());
}
