using System.Net;
using System.Text.Json;
using Grains.Interfaces.Webhooks;

namespace Checkout.Tests;

/// <summary>What was sent where, and how it went; what was given up on goes out again by hand; and why a signature does not verify.</summary>
public sealed class DeliveryLogTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task Deliveries_are_listed_dead_ones_sent_again_and_signatures_explained()
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        await using var gone = await WebhookReceiver.Start();
        gone.Answers = HttpStatusCode.Gone;
        using var api = new MerchantApi(product.Url);
        var good = (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=customer.created")).Ok();
        var bad = (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(gone.Url)}&enabled_events[]=customer.created")).Ok();
        (await api.Post("/v1/customers", "name=Ada")).Ok();
        await receiver.Until(1, "the customer's event");
        var dead = await Dead(api);

        var delivered = Assert.Single(await List(api, "/webhooks/deliveries?status=delivered"));
        var shown = (await api.Get("/webhooks/deliveries/" + delivered.GetProperty("id").GetString())).Ok().Json;
        var sent = receiver.Received.Single();
        var attempt = Assert.Single(shown.GetProperty("attempts").EnumerateArray().ToArray());
        Assert.Equal(System.Text.Encoding.UTF8.GetString(sent.Body), shown.GetProperty("body").GetString());
        Assert.Equal("Stripe-Signature: " + sent.Signature, attempt.GetProperty("signature").GetString());
        Assert.Equal((200, good["id"], receiver.Url), (attempt.GetProperty("status").GetInt32(), shown.GetProperty("endpoint").GetString(), shown.GetProperty("url").GetString()));
        Assert.Equal(2, (await List(api, "/webhooks/deliveries?event=" + sent.Id)).Count);

        Assert.Equal(410, Assert.Single(dead.GetProperty("attempts").EnumerateArray().ToArray()).GetProperty("status").GetInt32());
        gone.Answers = HttpStatusCode.OK;
        var again = (await api.PostJson($"/webhooks/deliveries/{dead.GetProperty("id").GetString()}/redeliver", "")).Ok();
        Assert.Equal("delivered", again["status"]);
        Assert.Equal(sent.Id, Assert.Single(gone.Received).Id);
        Assert.Empty(await List(api, "/webhooks/dead-letters"));
        using var other = new MerchantApi(product.Url, "sk_test_sandbox_merchant2");
        Assert.Equal(404, (await other.Get("/webhooks/deliveries/" + delivered.GetProperty("id").GetString())).Status);
        Assert.Equal(404, (await other.PostJson($"/webhooks/deliveries/{delivered.GetProperty("id").GetString()}/redeliver", "")).Status);

        var body = System.Text.Encoding.UTF8.GetString(sent.Body);
        var now = long.Parse(sent.Signature[2..sent.Signature.IndexOf(',', StringComparison.Ordinal)]);
        await Explains(good["id"], body, sent.Signature, "valid", "right");
        await Explains(good["id"], body + "\n", sent.Signature, "no_match", "white space");
        await Explains(good["id"], JsonSerializer.Serialize(JsonDocument.Parse(body), Indented), sent.Signature, "no_match", "not byte for byte");
        await Explains(bad["id"], body, sent.Signature, "no_match", "another endpoint");
        await Explains(good["id"], body, "v1=00", "malformed", "lacks the time t=");
        await Explains(good["id"], body, WebhookSignature.Sign(now - 1_000, sent.Body, good["secret"]), "outside_tolerance", "seconds ago");
        (await api.Post($"/v1/webhook_endpoints/{good["id"]}", "rotate_secret=true")).Ok();
        await Explains(good["id"], body, sent.Signature, "no_match", "before its last rotation");

        async Task Explains(string endpoint, string text, string signature, string verdict, string why)
        {
            var answer = (await api.PostJson("/webhooks/verify", JsonSerializer.Serialize(new Dictionary<string, string> { ["endpoint"] = endpoint, ["body"] = text, ["signature"] = signature }))).Ok();
            Assert.Equal(verdict, answer["verdict"]);
            Assert.Contains(why, answer["explanation"]);
        }
    }

    [Fact]
    public async Task A_neutral_endpoint_gets_Standard_Webhooks_headers()
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        var made = await api.PostJson("/webhooks/endpoints", $$"""{"url":"{{receiver.Url}}","event":"customer.created"}""");
        Assert.Equal(201, made.Status);
        var customer = (await api.Post("/v1/customers", "name=Ada")).Ok();
        await receiver.Until(1, "the customer's event");
        var sent = receiver.Received.Single();
        Assert.Equal((sent.Id, "customer.created", customer["id"]), (sent.Header(StandardSignature.IdHeader), sent.Type, sent.Json.GetProperty("data").GetProperty("id").GetString()));
        Assert.Equal("", sent.Signature);
        Assert.Equal(SignatureVerdict.Valid, StandardSignature.Verify(
            sent.Header(StandardSignature.IdHeader), sent.Header(StandardSignature.TimestampHeader), sent.Header(StandardSignature.SignatureHeader), sent.Body, made["secret"], TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));

        // It is no Stripe endpoint, and is listed among all.
        Assert.Equal(0, (await api.Get("/v1/webhook_endpoints")).Ok().Json.GetProperty("data").GetArrayLength());
        Assert.Equal("standard", Assert.Single(await List(api, "/webhooks/endpoints")).GetProperty("signature").GetString());
        var explained = (await api.PostJson("/webhooks/verify", JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["endpoint"] = made["id"],
            ["body"] = System.Text.Encoding.UTF8.GetString(sent.Body),
            ["signature"] = sent.Header(StandardSignature.SignatureHeader),
            ["id"] = sent.Header(StandardSignature.IdHeader),
            ["timestamp"] = sent.Header(StandardSignature.TimestampHeader),
        }))).Ok();
        Assert.Equal("valid", explained["verdict"]);
        var rotated = (await api.PostJson($"/webhooks/endpoints/{made["id"]}/rotate", "")).Ok();
        Assert.NotEqual(made["secret"], rotated["secret"]);
        (await api.Post("/v1/customers", "name=Grace")).Ok();
        await receiver.Until(2, "the second customer's event");
        foreach (var secret in (string[])[made["secret"], rotated["secret"]])
            Assert.Equal(SignatureVerdict.Valid, StandardSignature.Verify(
                receiver.Received.Last().Header(StandardSignature.IdHeader), receiver.Received.Last().Header(StandardSignature.TimestampHeader), receiver.Received.Last().Header(StandardSignature.SignatureHeader),
                receiver.Received.Last().Body, secret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
        using var bank = new MerchantApi(product.Url, "sk_sandbox_bank");
        Assert.Equal(403, (await bank.Get("/webhooks/endpoints")).Status);
    }

    /// <summary>The vector that the Standard Webhooks libraries publish.</summary>
    [Fact]
    public void The_published_vector_of_Standard_Webhooks_holds()
    {
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        const string Published = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        var body = """{"test": 2432232314}"""u8;
        Assert.Equal(Published, StandardSignature.Sign(Id, 1_614_265_330, body, Secret));
        Assert.Equal(SignatureVerdict.Valid, StandardSignature.Verify(Id, "1614265330", "v1,AAAA v2,x " + Published, body, Secret, 1_614_265_330 + 300));
        Assert.Equal(SignatureVerdict.OutsideTolerance, StandardSignature.Verify(Id, "1614265330", Published, body, Secret, 1_614_265_330 - 301));
        Assert.Equal(SignatureVerdict.NoMatch, StandardSignature.Verify(Id + "x", "1614265330", Published, body, Secret, 1_614_265_330));
        foreach (var (id, time, signature) in ((string?, string?, string?)[])[(null, "1", Published), (Id, null, Published), (Id, "now", Published), (Id, "1614265330", null), (Id, "1614265330", "v1,"), (Id, "1614265330", "g0hM"), (Id, "-1", Published)])
            Assert.Equal(SignatureVerdict.Malformed, StandardSignature.Verify(id, time, signature, body, Secret, 1_614_265_330));
    }

    private static async Task<JsonElement> Dead(MerchantApi api)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await List(api, "/webhooks/dead-letters") is [var dead])
                return dead;
            await Task.Delay(50);
        }

        throw new InvalidOperationException("Nothing was given up on.");
    }

    private static async Task<List<JsonElement>> List(MerchantApi api, string path) => [.. (await api.Get(path)).Ok().Json.GetProperty("data").EnumerateArray()];
}
