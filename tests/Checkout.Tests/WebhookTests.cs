using System.Net;
using Grains.Interfaces.Webhooks;

namespace Checkout.Tests;

public sealed class WebhookTests
{
    private const string Payment = "amount=2000&currency=usd&payment_method=pm_card_visa&confirm=true";

    [Fact]
    public async Task Events_arrive_signed_and_in_order()
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        var endpoint = (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=*&api_version=2026-10-28.endive")).Ok();
        var intent = (await api.Post("/v1/payment_intents", Payment)).Ok();
        await receiver.Until(3, "a payment's events");
        Assert.Equal(["payment_intent.created", "payment_intent.succeeded"], receiver.Received.Where(e => e.ObjectId == intent["id"]).Select(static e => e.Type));
        foreach (var received in receiver.Received)
        {
            Assert.Equal(SignatureVerdict.Valid, WebhookSignature.Verify(received.Signature, received.Body, endpoint["secret"], TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
            Assert.Equal("2026-10-28.endive", received.Json.GetProperty("api_version").GetString());
        }

        // The object as it was, not as it is.
        Assert.Equal("requires_confirmation", receiver.Received.First(static e => e.Type == "payment_intent.created").Object.GetProperty("status").GetString());

        // A rotated secret signs beside the one before.
        var rotated = (await api.Post($"/v1/webhook_endpoints/{endpoint["id"]}", "rotate_secret=true")).Ok();
        (await api.Post("/v1/customers", "name=Ada")).Ok();
        await receiver.Until(4, "the customer's event");
        var last = receiver.Received.Last();
        foreach (var secret in (string[])[endpoint["secret"], rotated["secret"]])
            Assert.Equal(SignatureVerdict.Valid, WebhookSignature.Verify(last.Signature, last.Body, secret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
        Assert.NotEqual(endpoint["secret"], rotated["secret"]);
    }

    [Fact]
    public async Task A_receiver_that_is_down_for_an_hour_gets_everything_afterwards()
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        var endpoint = (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=*")).Ok();
        receiver.Answers = HttpStatusCode.ServiceUnavailable;
        var intents = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var held = (await api.Post("/v1/payment_intents", Payment + "&capture_method=manual")).Ok();
            (await api.Post($"/v1/payment_intents/{held["id"]}/capture", "")).Ok();
            intents.Add(held["id"]);
        }

        // An hour of the product's time, in steps, each with its tries.
        for (var minute = 0; minute < 60; minute += 10)
        {
            var before = receiver.Refused.Count;
            (await api.PostJson("/sandbox/clock/advance", """{"seconds":600}""")).Ok();
            for (var i = 0; i < 60 && receiver.Refused.Count < before + 5; i++)
                await Task.Delay(50);
        }

        Assert.True(receiver.Refused.Count >= 10, $"Only {receiver.Refused.Count} tries were made.");
        Assert.Empty(receiver.Received);
        receiver.Answers = HttpStatusCode.OK;
        for (var hour = 0; hour < 6 && receiver.Received.Count < 30; hour++)
        {
            (await api.PostJson("/sandbox/clock/advance", """{"seconds":3600}""")).Ok();
            for (var i = 0; i < 80 && receiver.Received.Count < 30; i++)
                await Task.Delay(50);
        }

        // Per payment: created, capturable, succeeded, of the charge: succeeded, captured.
        await receiver.Until(25, "what was held back");
        foreach (var intent in intents)
            Assert.Equal(["payment_intent.created", "payment_intent.amount_capturable_updated", "payment_intent.succeeded"], receiver.Received.Where(e => e.ObjectId == intent).DistinctBy(static e => e.Id).Select(static e => e.Type));
        foreach (var charge in receiver.Received.Where(static e => e.ObjectId.StartsWith("ch_", StringComparison.Ordinal)).GroupBy(static e => e.ObjectId))
            Assert.Equal(["charge.succeeded", "charge.captured"], charge.DistinctBy(static e => e.Id).Select(static e => e.Type));
        // Signed at the product's time, which is hours ahead: the receiver checks against what it says.
        foreach (var received in receiver.Received)
        {
            var signedAt = long.Parse(received.Signature[2..received.Signature.IndexOf(',', StringComparison.Ordinal)]);
            Assert.Equal(SignatureVerdict.Valid, WebhookSignature.Verify(received.Signature, received.Body, endpoint["secret"], signedAt));
        }
    }

    [Fact]
    public async Task An_object_that_fails_delays_no_other_and_gone_ends_it()
    {
        await using var product = await ProductProcess.Start();
        await using var gone = await WebhookReceiver.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        gone.Answers = HttpStatusCode.Gone;
        var dead = (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(gone.Url)}&enabled_events[]=customer.created")).Ok();
        (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=customer.created&enabled_events[]=customer.updated")).Ok();
        var customer = (await api.Post("/v1/customers", "name=Ada")).Ok();
        await receiver.Until(1, "the customer's event");
        for (var i = 0; i < 100 && (await api.Get($"/v1/webhook_endpoints/{dead["id"]}"))["status"] != "disabled"; i++)
            await Task.Delay(50);
        Assert.Equal("disabled", (await api.Get($"/v1/webhook_endpoints/{dead["id"]}"))["status"]);
        Assert.Single(gone.Refused);
        (await api.Post($"/v1/customers/{customer["id"]}", "name=Grace")).Ok();
        await receiver.Until(2, "the update");
        var update = receiver.Received.Last();
        Assert.Equal("customer.updated", update.Type);
        Assert.Equal("Ada", update.Json.GetProperty("data").GetProperty("previous_attributes").GetProperty("name").GetString());
        Assert.StartsWith("req_", update.Json.GetProperty("request").GetProperty("id").GetString());
        Assert.Single(gone.Refused);
    }
}
