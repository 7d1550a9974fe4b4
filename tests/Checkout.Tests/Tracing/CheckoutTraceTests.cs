using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Checkout.Tests.Tracing;

/// <summary>A payment's journey, as a collector sees it.</summary>
public sealed class CheckoutTraceTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string CallerSpan = "b7ad6b7169203331";
    private const string Name = "Ada Lovelace";
    private const string Payment = "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true&description=For+Ada+Lovelace&receipt_email=ada%40example.com";

    /// <summary>All that a span may say.</summary>
    private static readonly string[] Attributes =
    [
        "http.request.method", "http.route", "http.response.status_code", "payments.request_id", "payments.command", "payments.answer", "payments.rail", "payments.acquirer",
        "payments.operation", "payments.outcome", "payments.status", "payments.reason", "payments.count", "ledger.batch.entries", "ledger.refusal", "webhook.event", "webhook.try",
    ];

    [Fact]
    public async Task A_checkout_is_one_trace_from_the_caller_to_the_webhook()
    {
        await using var collector = await OtlpReceiver.Start();
        await using var product = await ProductProcess.Start(collector.Environment);
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=payment_intent.succeeded")).Ok();
        // The first payment opens the merchant's accounts; after some more the code is compiled, and times say something.
        for (var i = 0; i < WarmUp; i++)
            (await api.Post("/v1/payment_intents", Payment)).Ok();
        await receiver.Until(WarmUp, "the events of the payments before");
        await Pay(product.Url);
        await receiver.Until(WarmUp + 1, "the payments' events");
        var spans = (await collector.Until(static all => Of(all).Any(span => span.Name == "webhook.deliver") && Of(all).Count(static span => span.Name == "ledger.commit") == 3, "a checkout's trace"))
            .Where(static span => span.TraceId == TraceId).ToList();

        var request = Assert.Single(spans, static span => span.Name == "POST /v1/payment_intents");
        Assert.Equal(CallerSpan, request.Parent);
        Assert.Equal(("/v1/payment_intents", "200"), (request["http.route"], request["http.response.status_code"]));
        var turn = Assert.Single(spans, static span => span.Name == "merchant.run");
        Assert.Equal((request.SpanId, "CreateIntent"), (turn.Parent, turn["payments.command"]));
        var rail = Assert.Single(spans, static span => span.Name == "acquirer.call");
        Assert.Equal((turn.SpanId, "Authorize", "Approved"), (rail.Parent, rail["payments.operation"], rail["payments.outcome"]));
        var webhook = Assert.Single(spans, static span => span.Name == "webhook.deliver");
        Assert.Equal((request.SpanId, "payment_intent.succeeded", "200"), (webhook.Parent, webhook["webhook.event"], webhook["http.response.status_code"]));
        // The attempt is durable before the acquirer is called, and its answer before ours.
        var commits = spans.Where(static span => span.Name == "ledger.commit").OrderBy(static span => span.StartNanos).ToList();
        Assert.Equal([turn.SpanId, turn.SpanId, webhook.SpanId], commits.Select(static commit => commit.Parent));
        Assert.True(commits[0].EndNanos <= rail.StartNanos + Slack && rail.EndNanos <= commits[1].StartNanos + Slack);
        Assert.Equal(7, spans.Count);
        Assert.Equal($"00-{TraceId}-{webhook.SpanId}-01", receiver.Received.Last().Header("traceparent"));
        Assert.All(collector.Spans, NamesNobody);
        TracePicture.WriteWhereAskedFor(spans);
    }

    [Fact]
    public async Task A_delivery_that_is_tried_again_is_a_trace_of_its_own_linked_to_what_caused_it()
    {
        await using var collector = await OtlpReceiver.Start();
        await using var product = await ProductProcess.Start(collector.Environment);
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        receiver.Answers = HttpStatusCode.ServiceUnavailable;
        (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=payment_intent.succeeded")).Ok();
        await Pay(product.Url);
        await collector.Until(static all => Of(all).Any(static span => span is { Name: "webhook.deliver", IsError: true }), "a delivery that failed");
        receiver.Answers = HttpStatusCode.OK;
        (await api.PostJson("/sandbox/clock/advance", """{"seconds":600}""")).Ok();
        await receiver.Until(1, "the second try");
        var spans = await collector.Until(static all => all.Any(static span => span["webhook.try"] == "2"), "the second try's span");
        var again = Assert.Single(spans, static span => span["webhook.try"] == "2");
        Assert.NotEqual(TraceId, again.TraceId);
        Assert.Equal("", again.Parent);
        Assert.Equal((TraceId, Assert.Single(spans, static span => span.TraceId == TraceId && span.Name == "POST /v1/payment_intents").SpanId), Assert.Single(again.Links));
        Assert.Equal($"00-{again.TraceId}-{again.SpanId}-01", Assert.Single(receiver.Received).Header("traceparent"));
    }

    [Fact]
    public async Task An_instant_payment_is_a_request_a_turn_and_a_commit()
    {
        await using var collector = await OtlpReceiver.Start();
        await using var product = await ProductProcess.Start(collector.Environment);
        await Send(product.Url, "/payments", "sk_sandbox_bank", new StringContent("""{"amount":"1.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321","debtorName":"Ada Lovelace"}""", Encoding.UTF8, "application/json"));
        var spans = (await collector.Until(static all => Of(all).Count() >= 3, "a payment's trace")).Where(static span => span.TraceId == TraceId).ToList();
        var request = Assert.Single(spans, static span => span.Name == "POST /payments");
        var turn = Assert.Single(spans, static span => span.Name == "account.submit");
        var commit = Assert.Single(spans, static span => span.Name == "ledger.commit");
        Assert.Equal((CallerSpan, request.SpanId, turn.SpanId), (request.Parent, turn.Parent, commit.Parent));
        Assert.Equal(("201", "Settled"), (request["http.response.status_code"], turn["payments.status"]));
        // Who reads the log later can link to it.
        using var api = new MerchantApi(product.Url, "sk_sandbox_bank");
        var settled = (await api.Get("/events?type=payment.settled&limit=1000")).Ok().Json.GetProperty("data").EnumerateArray().Last();
        Assert.Equal($"00-{TraceId}-{turn.SpanId}-01", settled.GetProperty("traceparent").GetString());
        Assert.All(collector.Spans, NamesNobody);
        Assert.DoesNotContain(collector.Spans, static span => span.Name.Contains("/health", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_collector_nothing_is_traced()
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=payment_intent.succeeded")).Ok();
        await Pay(product.Url);
        await receiver.Until(1, "the payment's event");
        Assert.DoesNotContain("traceparent", Assert.Single(receiver.Received).Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    private const int WarmUp = 40;

    // A commit's times are those of another clock reading.
    private const long Slack = 1_000_000;

    private static IEnumerable<TraceSpan> Of(IReadOnlyList<TraceSpan> all) => all.Where(static span => span.TraceId == TraceId);

    private static void NamesNobody(TraceSpan span)
    {
        Assert.Empty(span.Attributes.Select(static pair => pair.Key).Except(Attributes));
        Assert.All(span.Attributes.Select(static pair => pair.Value).Append(span.Name), static text =>
        {
            Assert.All((string[])[Name, "Ada", "ada@", "123456789", "987654321", "merchant_sandbox", "pm_", "4242"], secret => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
        });
    }

    private static Task Pay(string url) => Send(url, "/v1/payment_intents", "sk_test_sandbox_merchant", new StringContent(Payment, Encoding.UTF8, "application/x-www-form-urlencoded"));

    private static async Task Send(string url, string path, string key, HttpContent content)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, url + path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("traceparent", $"00-{TraceId}-{CallerSpan}-01");
        request.Headers.Add("Idempotency-Key", "trace-1");
        using var answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
