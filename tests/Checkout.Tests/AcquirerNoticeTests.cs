using System.Net;
using System.Text;
using Grains.Interfaces.Webhooks;

namespace Checkout.Tests;

/// <summary>An acquirer's notice is believed for its signature alone, and only makes us ask: again and again changes nothing.</summary>
public sealed class AcquirerNoticeTests
{
    private const string Secret = "whsec_sandbox_acquirer";

    [Fact]
    public async Task Notices_are_verified_and_their_duplicates_are_harmless()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        var intent = (await api.Post("/v1/payment_intents", "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true")).Ok();
        var body = Encoding.UTF8.GetBytes($$"""{"key":"{{intent["id"]}}:1"}""");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        for (var copy = 0; copy < 5; copy++)
            Assert.Equal(HttpStatusCode.OK, await Send(body, WebhookSignature.Sign(now, body, Secret)));
        foreach (var (text, signature) in ((byte[], string?)[])[
            (body, null), (body, ""), (body, "t=,v1="), (body, WebhookSignature.Sign(now - 302, body, Secret)), (body, WebhookSignature.Sign(now + 302, body, Secret)), (body, WebhookSignature.Sign(now, body, "another")),
            ([.. body, (byte)' '], WebhookSignature.Sign(now, body, Secret)), ("not json"u8.ToArray(), WebhookSignature.Sign(now, "not json"u8, Secret)), (new byte[20_000], WebhookSignature.Sign(now, new byte[20_000], Secret))])
            Assert.Equal(HttpStatusCode.BadRequest, await Send(text, signature));
        // Signed, and still no notice: it is said which field is wrong, and nothing is asked.
        foreach (var (text, field) in ((string, string?)[])[
            ("{}", "key"), ("""{"key":5}""", "key"), ("""{"key":null}""", "key"), ("""{"key":""}""", "key"), ("""{"key":{"a":1}}""", "key"), ("{\"key\":\"" + new string('k', 300) + "\"}", "key"), ("[]", null), ("5", null), ("\"key\"", null), ("""{"key":"\ud800"}""", null)])
        {
            var malformed = Encoding.UTF8.GetBytes(text);
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, product.Url + "/acquirers/sandbox/notices") { Content = new ByteArrayContent(malformed) };
            request.Headers.TryAddWithoutValidation(WebhookSignature.Header, WebhookSignature.Sign(now, malformed, Secret));
            using var answer = await http.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{text}: {answer.StatusCode}");
            var problem = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal("malformed_json", problem.GetProperty("code").GetString());
            if (field is not null)
                Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), text);
        }

        var unknown = """{"key":"pi_nobody:1"}"""u8.ToArray();
        Assert.Equal(HttpStatusCode.Accepted, await Send(unknown, WebhookSignature.Sign(now, unknown, Secret)));
        Assert.Equal(1, (await api.Get("/v1/charges?payment_intent=" + intent["id"])).Ok().Json.GetProperty("data").GetArrayLength());
        Assert.Equal("succeeded", (await api.Get("/v1/payment_intents/" + intent["id"]))["status"]);

        async Task<HttpStatusCode> Send(byte[] text, string? signature)
        {
            using var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Post, product.Url + "/acquirers/sandbox/notices") { Content = new ByteArrayContent(text) };
            if (signature is not null)
                request.Headers.TryAddWithoutValidation(WebhookSignature.Header, signature);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }
}
