using System.Text;
using System.Text.Json;
using Checkout.Tests;
using Gateway;
using Grains.Acquirers;
using Grains.Checkout;
using Grains.Fraud;
using Grains.Interfaces.Webhooks;
using Ledger;
using Ledger.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Cluster.Stripe;
using Silo.Embedded;

namespace Cluster.Tests.Stripe;

/// <summary>The product with its card acquirer at Stripe, in this process, and a merchant of it.</summary>
internal sealed class StripeShop : IAsyncDisposable
{
    private const string EventSecret = "whsec_of_a_shop";

    // A process that takes over from a killed one first waits until that one is declared dead, and for what was asked of it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    private readonly string data;
    private readonly StripeAcquirer acquirer;
    private readonly EmbeddedEdition edition;
    private readonly WebApplication app;
    private readonly MerchantApi browser;

    private StripeShop(string data, StripeAcquirer acquirer, EmbeddedEdition edition, WebApplication app)
    {
        (this.data, this.acquirer, this.edition, this.app) = (data, acquirer, edition, app);
        Api = new MerchantApi(app.Urls.First());
        browser = new MerchantApi(app.Urls.First(), "pk_test_sandbox_merchant");
    }

    public MerchantApi Api { get; }

    /// <param name="wire">Its way to Stripe; null takes the one that all tests share.</param>
    /// <param name="looksEveryMs">How often it asks for disputes by itself.</param>
    /// <param name="follows">Whether disputes and refunds are followed.</param>
    public static async Task<StripeShop> Start(StripeSide stripe, StripeWire? wire = null, int looksEveryMs = 3_600_000, bool follows = true)
    {
        var settings = stripe.Settings;
        if (!follows)
            settings.FollowSince = null;
        settings.WebhookSecret = EventSecret;
        if (wire is null)
            stripe.Wire.Heal();
        else
            settings.ApiBase = wire.Url;
        var data = Directory.CreateTempSubdirectory("payments-stripe-").FullName;
        var acquirer = new StripeAcquirer(settings);
        var options = new AcquirerOptions { TimeoutMs = 1_000, Retries = 1, ResolveAfterMs = 300, BreakerMinimumCalls = 10_000 };
        var edition = EmbeddedEdition.Open(data, new LedgerOptions(), new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, TimeProvider.System, options, acquirer, new RiskOptions());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddEmbeddedEdition(edition);
        builder.Configuration["Payments:Acquirer:DisputesEveryMs"] = StripeSide.Text(looksEveryMs);
        builder.Services.AddGateway(builder.Configuration, true);
        var app = builder.Build();
        app.MapGateway();
        app.MapStripeEvents(settings, edition.Checkout.Followed);
        await app.StartAsync();
        var shop = new StripeShop(data, acquirer, edition, app);
        // The sandbox's keys are made beside the start.
        var started = TimeProvider.System.GetTimestamp();
        while ((await shop.Api.Get("/health/ready")).Status != 200)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It did not become ready.");
            await Task.Delay(10);
        }

        return shop;
    }

    /// <summary>A card is typed, and paid with.</summary>
    public async Task<WireReply> Pay(long amount, string card = "4242424242424242", string more = "", string? key = null) =>
        await Api.Post("/v1/payment_intents", $"amount={amount}&currency=usd&confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={await Token(browser, card)}{more}", key);

    public async Task<WireReply> Held(long amount, string more = "") => (await Pay(amount, more: "&capture_method=manual" + more)).Ok();

    public Task<JsonElement> Until(string id, string status) => Until(Api, id, status);

    public static async Task<string> Token(MerchantApi browser, string card) => (await browser.Post("/v1/tokens", $"card[number]={card}&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123")).Ok()["id"];

    /// <summary>Hands over an event as Stripe does: again, until it is taken.</summary>
    public async Task Tell(string happened)
    {
        for (var tries = 0; await TellOnce(happened) != 200; tries++)
        {
            Assert.True(tries < 100, "The event was not taken.");
            await Task.Delay(25);
        }
    }

    public async Task<int> TellOnce(string happened)
    {
        var body = Encoding.UTF8.GetBytes(happened);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(Api.Url), StripeEvents.Path)) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation(WebhookSignature.Header, WebhookSignature.Sign(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), body, EventSecret));
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }

    /// <summary>Time passes here.</summary>
    public async Task Pass(int seconds) => (await Api.PostJson("/sandbox/clock/advance", $$"""{"seconds":{{seconds}}}""")).Ok();

    /// <summary>The payment's only dispute, once it has the status.</summary>
    public Task<JsonElement> Dispute(string intent, string status) => Dispute(Api, intent, status);

    public static async Task<JsonElement> Dispute(MerchantApi api, string intent, string status)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = (await api.Get($"/v1/disputes?payment_intent={intent}")).Ok().Json.GetProperty("data").EnumerateArray().ToList();
            Assert.InRange(found.Count, 0, 1);
            if (found is [var dispute] && dispute.GetProperty("status").GetString() == status)
                return dispute;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It did not become {status}: {string.Join(", ", found)}");
            await Task.Delay(25);
        }
    }

    /// <summary>What was booked for an object, oldest first.</summary>
    public Task<List<(long Amount, long Fee)>> Booked(string id) => Booked(Api, id);

    public static async Task<List<(long Amount, long Fee)>> Booked(MerchantApi api, string id) =>
        [.. (await api.Get($"/v1/balance_transactions?source={id}&limit=100")).Ok().Json.GetProperty("data").EnumerateArray().Reverse().Select(static booked => (booked.GetProperty("amount").GetInt64(), booked.GetProperty("fee").GetInt64()))];

    /// <summary>How often the merchant was told so of an object.</summary>
    public async Task<int> Told(string type, string id) =>
        (await Api.Get($"/v1/events?type={type}&limit=100")).Ok().Json.GetProperty("data").EnumerateArray().Count(happened => happened.GetProperty("data").GetProperty("object").GetProperty("id").GetString() == id);

    /// <summary>Documents and transfers say the same.</summary>
    public void Audit()
    {
        using var log = DocumentLog.OfFile(Path.Combine(data, Ledger.Sqlite.SqliteStore.FileName));
        using var key = Ledger.Sealing.MasterKey.Load(data, mayCreate: false);
        Assert.Empty(DocumentAudit.Verify(log, key, null, CancellationToken.None).Findings);
    }

    /// <summary>The refund, once it has the status.</summary>
    public Task<JsonElement> Refund(string refund, string status) => Refund(Api, refund, status);

    public static Task<JsonElement> Refund(MerchantApi api, string refund, string status) => Until(api, $"/v1/refunds/{refund}", found => found == status);

    /// <summary>The refund, once it is decided.</summary>
    public Task<JsonElement> Decided(string refund) => Until(Api, $"/v1/refunds/{refund}", static status => status != "pending");

    /// <summary>The intent, once it has the status.</summary>
    public static Task<JsonElement> Until(MerchantApi api, string id, string status) => Until(api, $"/v1/payment_intents/{id}?expand[]=latest_charge", found => found == status);

    private static async Task<JsonElement> Until(MerchantApi api, string path, Func<string?, bool> isThere)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = (await api.Get(path)).Ok().Json;
            if (isThere(found.GetProperty("status").GetString()))
                return found;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It did not come to what was waited for: {found}");
            await Task.Delay(25);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        browser.Dispose();
        await app.DisposeAsync();
        await edition.DisposeAsync();
        acquirer.Dispose();
        Directory.Delete(data, recursive: true);
    }
}
