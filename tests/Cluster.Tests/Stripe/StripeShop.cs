using System.Text.Json;
using Checkout.Tests;
using Gateway;
using Grains.Acquirers;
using Grains.Fraud;
using Ledger;
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
    public static async Task<StripeShop> Start(StripeSide stripe, StripeWire? wire = null)
    {
        var settings = stripe.Settings;
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
        builder.Services.AddGateway(builder.Configuration, true);
        var app = builder.Build();
        app.MapGateway();
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
