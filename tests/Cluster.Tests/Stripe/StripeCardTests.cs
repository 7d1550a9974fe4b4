using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Silo.Cluster.Stripe;

namespace Cluster.Tests.Stripe;

/// <summary>Cards that Stripe does not take: whose fault it is, and what is left of them there.</summary>
[Collection(StripeCollection.Name)]
public sealed class StripeCardTests(StripeSide stripe)
{
    private static readonly CardEntry Entry = new("4242424242424242", 12, 2034, "123", null);

    [Theory]
    [InlineData(402, """{"type":"card_error","code":"incorrect_number","param":"number","message":"No."}""", "incorrect_number")]
    [InlineData(400, """{"type":"invalid_request_error","code":"invalid_expiry_year","param":"card[exp_year]","message":"No."}""", "invalid_expiry_year")]
    [InlineData(402, """{"type":"invalid_request_error","message":"Sending credit card numbers directly is generally unsafe."}""", null)]
    [InlineData(400, """{"type":"invalid_request_error","param":"card","message":"No."}""", null)]
    public async Task What_is_not_the_card_s_fault_is_not_told_to_its_holder(int status, string error, string? refusal)
    {
        var paths = new List<string>();
        await using var stripeThatRefuses = await Refusing(status, error, paths);
        using var acquirer = new StripeAcquirer(new StripeSettings { ApiKey = "sk_test_a", PublishableKey = "pk_test_a", ApiBase = stripeThatRefuses.Urls.First() });
        if (refusal is not null)
            Assert.Equal(refusal, (await acquirer.Describe(Entry, CancellationToken.None)).Refusal?.Code);
        else
            Assert.DoesNotContain(Entry.Number, (await Assert.ThrowsAsync<InvalidOperationException>(() => acquirer.Describe(Entry, CancellationToken.None))).ToString(), StringComparison.Ordinal);
        // No customer is made for it.
        Assert.Equal(["/v1/tokens"], paths);
    }

    [Theory]
    [InlineData("sk_test_wrong", "pk_test_sandbox_merchant", "Payments:Acquirer:Stripe:ApiKey")]
    [InlineData("sk_test_sandbox_merchant", "pk_test_wrong", "Payments:Acquirer:Stripe:PublishableKey")]
    public async Task A_key_that_takes_no_card_is_named_by_its_setting(string key, string publishable, string setting)
    {
        using var acquirer = new StripeAcquirer(new StripeSettings { ApiKey = key, PublishableKey = publishable, ApiBase = stripe.Wire.Url });
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => acquirer.Describe(Entry, CancellationToken.None));
        Assert.Contains(setting + " ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cards_beyond_what_may_be_under_way_are_not_taken_and_take_no_payment_s_place()
    {
        using var inner = new StripeAcquirer(stripe.Settings);
        using var acquirer = new ResilientAcquirer(inner, new AcquirerOptions { MaxConcurrent = 1, TimeoutMs = 10_000 }, TimeProvider.System);
        stripe.Wire.Next(WireFault.Late, "/v1/tokens");
        using var end = new CancellationTokenSource();
        var first = acquirer.Describe(Entry, end.Token);
        await stripe.Wire.Held.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<AcquirerSilentException>(() => acquirer.Describe(Entry, CancellationToken.None));
        var refund = new AcquirerRequest("pi_test_cards:1", AcquirerOperation.Refund, 1, "usd", null, "pi_none", false, false, false, false, false);
        Assert.Equal(AcquirerOutcome.Declined, (await acquirer.Submit(refund, CancellationToken.None)).Outcome);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => first);
        Assert.Null((await acquirer.Describe(Entry, CancellationToken.None)).Refusal);
    }

    private static async Task<WebApplication> Refusing(int status, string error, List<string> paths)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            paths.Add(context.Request.Path);
            (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
            return context.Response.WriteAsync($$"""{"error":{{error}}}""");
        });
        await app.StartAsync();
        return app;
    }
}
