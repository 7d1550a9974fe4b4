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

    public static async Task<StripeShop> Start(StripeSide stripe)
    {
        stripe.Wire.Heal();
        var data = Directory.CreateTempSubdirectory("payments-stripe-").FullName;
        var acquirer = new StripeAcquirer(stripe.Settings);
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
        while ((await shop.Api.Get("/health/ready")).Status != 200)
            await Task.Delay(10);
        return shop;
    }

    /// <summary>A card is typed, and paid with.</summary>
    public async Task<WireReply> Pay(long amount, string card = "4242424242424242", string more = "", string? key = null) =>
        await Api.Post("/v1/payment_intents", $"amount={amount}&currency=usd&confirm=true&payment_method_data[type]=card&payment_method_data[card][token]={await Token(browser, card)}{more}", key);

    public async Task<WireReply> Held(long amount, string more = "") => (await Pay(amount, more: "&capture_method=manual" + more)).Ok();

    public Task<JsonElement> Until(string id, string status) => Until(Api, id, status);

    public static async Task<string> Token(MerchantApi browser, string card) => (await browser.Post("/v1/tokens", $"card[number]={card}&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123")).Ok()["id"];

    /// <summary>The intent, once it has the status.</summary>
    public static async Task<JsonElement> Until(MerchantApi api, string id, string status)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var intent = (await api.Get($"/v1/payment_intents/{id}?expand[]=latest_charge")).Ok().Json;
            if (intent.GetProperty("status").GetString() == status)
                return intent;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It did not come to {status}: {intent}");
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
