using System.Collections.Concurrent;
using System.Net;

namespace Checkout.Tests;

/// <summary>Who does not answer, or does not want it any more, keeps nobody else waiting. A try lasts ten seconds: what comes sooner did not wait for one.</summary>
public sealed class DeliveryDelayTests
{
    private const int Customers = 40;

    /// <summary>Less than one try of a receiver that does not answer.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_receiver_that_does_not_answer_delays_no_other_endpoint_and_no_other_merchant()
    {
        await using var product = await ProductProcess.Start();
        await using var hanging = await WebhookReceiver.Start();
        await using var receiver = await WebhookReceiver.Start();
        await using var elsewhere = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        using var other = new MerchantApi(product.Url, "sk_test_sandbox_merchant2");
        var open = new TaskCompletionSource();
        var begun = 0;
        hanging.Before = _ =>
        {
            Interlocked.Increment(ref begun);
            return open.Task;
        };
        await Endpoint(api, hanging);
        await Endpoint(api, receiver);
        await Endpoint(other, elsewhere);
        // Those that hang take what they can get first.
        await Create(api, Customers);
        await Within(Soon, () => receiver.Received.Count == Customers, "the other endpoint's events");
        await Create(other, Customers);
        await Within(Soon, () => elsewhere.Received.Count == Customers, "the other merchant's events");
        Assert.InRange(begun, 2, Customers - 1);
        Assert.Empty(hanging.Received);
        open.SetResult();
        await Advance(api, 3_600);
        await hanging.Until(Customers, "what hung");
    }

    [Fact]
    public async Task An_object_whose_delivery_hangs_delays_no_other_object_and_keeps_its_own_order()
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        var open = new TaskCompletionSource();
        string? slow = null;
        var tries = new ConcurrentQueue<string>();
        receiver.Before = received =>
        {
            if (received.ObjectId != slow)
                return Task.CompletedTask;
            tries.Enqueue(received.Type);
            return open.Task;
        };
        await Endpoint(api, receiver);
        slow = (await api.Post("/v1/customers", "name=Slow")).Ok()["id"];
        (await api.Post($"/v1/customers/{slow}", "name=Slower")).Ok();
        var quick = await Create(api, Customers);
        await Task.WhenAll(quick.Select(async id => (await api.Post($"/v1/customers/{id}", "name=Quick")).Ok()));
        await Within(Soon, () => receiver.Received.Count(received => received.ObjectId != slow) == 2 * Customers, "the other objects' events");
        foreach (var id in quick)
            Assert.Equal(["customer.created", "customer.updated"], receiver.Received.Where(received => received.ObjectId == id).Select(static received => received.Type));
        // Its first event is still on its way: the second waits.
        Assert.Equal(["customer.created"], tries);
        open.SetResult();
        await receiver.Until((2 * Customers) + 2, "what hung");
        Assert.Equal(["customer.created", "customer.updated"], receiver.Received.Where(received => received.ObjectId == slow).Select(static received => received.Type));
    }

    [Theory]
    [InlineData("disabled=true", false)]
    [InlineData("", false)]
    [InlineData("disabled=true then disabled=false", true)]
    public async Task What_waits_for_an_endpoint_goes_nowhere_once_it_is_disabled_or_deleted(string change, bool arrives)
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var api = new MerchantApi(product.Url);
        var endpoint = await Endpoint(api, receiver);
        receiver.Answers = HttpStatusCode.ServiceUnavailable;
        await Create(api, 3);
        await Within(Soon, () => receiver.Refused.Count == 3, "the first tries");
        if (change.Length == 0)
            (await api.Delete("/v1/webhook_endpoints/" + endpoint)).Ok();
        foreach (var step in change.Split(" then ", StringSplitOptions.RemoveEmptyEntries))
            (await api.Post("/v1/webhook_endpoints/" + endpoint, step)).Ok();
        receiver.Answers = HttpStatusCode.OK;
        await Advance(api, 3_600);
        if (arrives)
        {
            await receiver.Until(3, "the next tries");
            return;
        }

        await WithinAsync(Soon, async () => (await api.Get("/webhooks/dead-letters")).Ok().Json.GetProperty("data").GetArrayLength() == 3, "they are given up");
        await Advance(api, 24 * 3_600);
        await Task.Delay(500);
        Assert.Empty(receiver.Received);
        Assert.Equal(3, receiver.Refused.Count);
    }

    private static async Task<string> Endpoint(MerchantApi api, WebhookReceiver receiver) =>
        (await api.Post("/v1/webhook_endpoints", $"url={Uri.EscapeDataString(receiver.Url)}&enabled_events[]=customer.created&enabled_events[]=customer.updated")).Ok()["id"];

    private static async Task<string[]> Create(MerchantApi api, int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ => (await api.Post("/v1/customers", "name=Ada")).Ok()["id"]));

    private static async Task Advance(MerchantApi api, int seconds) => (await api.PostJson("/sandbox/clock/advance", $$"""{"seconds":{{seconds}}}""")).Ok();

    private static Task Within(TimeSpan time, Func<bool> isSo, string what) => WithinAsync(time, () => Task.FromResult(isSo()), what);

    private static async Task WithinAsync(TimeSpan time, Func<Task<bool>> isSo, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < time, $"Too late: {what}.");
            await Task.Delay(20);
        }
    }
}
