using System.Globalization;
using System.Text.Json;
using Checkout.Tests;

namespace Cluster.Tests.Stripe;

/// <summary>Our own product in Stripe's place, with its own ledger and acquirer, and the wire between it and us.</summary>
public sealed class StripeSide : IAsyncLifetime
{
    private const string PublishableKey = "pk_test_sandbox_merchant";
    private const string SecretKey = "sk_test_sandbox_merchant";

    /// <summary>Before all that tests do.</summary>
    private const string Since = "2026-01-01T00:00:00Z";

    private static int amounts = 10_000;
    private ProductProcess? product;

    internal StripeWire Wire { get; private set; } = null!;

    /// <summary>What it has, as its merchant sees it.</summary>
    internal MerchantApi Api { get; private set; } = null!;

    internal Silo.Cluster.Stripe.StripeSettings Settings => new() { ApiKey = SecretKey, PublishableKey = PublishableKey, ApiBase = Wire.Url, FollowSince = Since };

    /// <summary>The settings of a process.</summary>
    internal string[] Arguments =>
    [
        "--Payments:Acquirer:Kind", "stripe", "--Payments:Acquirer:Stripe:ApiKey", SecretKey, "--Payments:Acquirer:Stripe:PublishableKey", PublishableKey,
        "--Payments:Acquirer:Stripe:ApiBase", Wire.Url, "--Payments:Acquirer:Stripe:FollowSince", Since,
    ];

    public async Task InitializeAsync()
    {
        product = await ProductProcess.Start();
        Wire = await StripeWire.Start(product.Url);
        Api = new MerchantApi(product.Url, SecretKey);
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        await Wire.DisposeAsync();
        await product!.DisposeAsync();
    }

    /// <summary>Another way to it, for a test of its own.</summary>
    internal Task<StripeWire> NewWire() => StripeWire.Start(product!.Url);

    /// <summary>An amount that no other payment has: by it a payment is known on both sides.</summary>
    public static long NewAmount() => Interlocked.Add(ref amounts, 10);

    /// <summary>A day and more passes there: what came under idempotency keys is forgotten.</summary>
    internal Task ForgetKeys() => Pass(90_000);

    /// <summary>Time passes there.</summary>
    internal async Task Pass(int seconds) => (await Api.PostJson("/sandbox/clock/advance", $$"""{"seconds":{{seconds}}}""")).Ok();

    /// <summary>The only dispute over the payment of an amount.</summary>
    internal async Task<JsonElement> Dispute(long amount) =>
        Assert.Single((await Api.Get($"/v1/disputes?payment_intent={(await Only(amount)).GetProperty("id").GetString()}")).Ok().Json.GetProperty("data").EnumerateArray());

    /// <summary>The only refund of the payment of an amount.</summary>
    internal async Task<JsonElement> Refund(long amount) =>
        Assert.Single((await Api.Get($"/v1/refunds?payment_intent={(await Only(amount)).GetProperty("id").GetString()}")).Ok().Json.GetProperty("data").EnumerateArray());

    /// <summary>That refund, once it has the status.</summary>
    internal async Task<JsonElement> RefundOf(long amount, string status)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var refund = await Refund(amount);
            if (refund.GetProperty("status").GetString() == status)
                return refund;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"It did not become {status}: {refund}");
            await Task.Delay(25);
        }
    }

    /// <summary>What it tells of an object, as it tells it, oldest first.</summary>
    internal async Task<List<string>> Events(JsonElement about)
    {
        var id = about.GetProperty("id").GetString();
        return [.. (await Api.Get("/v1/events?limit=100")).Ok().Json.GetProperty("data").EnumerateArray().Reverse().Where(happened => happened.GetProperty("data").GetProperty("object").GetProperty("id").GetString() == id).Select(static happened => happened.GetRawText())];
    }

    /// <summary>The payments of an amount that it has, with their charges.</summary>
    internal async Task<List<JsonElement>> Intents(long amount)
    {
        var found = new List<JsonElement>();
        var after = "";
        while (true)
        {
            var page = (await Api.Get($"/v1/payment_intents?limit=100&expand[]=data.latest_charge{after}")).Ok().Json;
            var intents = page.GetProperty("data").EnumerateArray().ToList();
            found.AddRange(intents.Where(intent => intent.GetProperty("amount").GetInt64() == amount));
            if (!page.GetProperty("has_more").GetBoolean())
                return found;
            after = "&starting_after=" + intents[^1].GetProperty("id").GetString();
        }
    }

    internal async Task<JsonElement> Only(long amount) => Assert.Single(await Intents(amount));

    internal async Task<long> Refunded(JsonElement intent) =>
        (await Api.Get($"/v1/refunds?payment_intent={intent.GetProperty("id").GetString()}&limit=100")).Ok().Json.GetProperty("data").EnumerateArray().Sum(static refund => refund.GetProperty("amount").GetInt64());

    internal static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

[CollectionDefinition(Name)]
public sealed class StripeCollection : ICollectionFixture<StripeSide>
{
    public const string Name = "stripe";
}
