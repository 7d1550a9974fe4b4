using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>A merchant's pages: its payments, what it asked, and where its events went.</summary>
[Collection(ChromiumSuite.Name)]
public sealed class MerchantPageTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    private const string Paid = "amount=2500&currency=usd&payment_method=pm_card_visa&confirm=true";
    private const string Declined = "amount=2600&currency=usd&payment_method=pm_card_visa_chargeDeclinedInsufficientFunds&confirm=true";

    [Fact]
    public async Task A_decline_leads_to_its_request_which_can_be_sent_again()
    {
        using var merchant = new MerchantClient(product.Url);
        var (answer, requestId) = await merchant.Post("/v1/payment_intents", Declined);
        var link = new Uri((string)answer["error"]!["request_log_url"]!).PathAndQuery;
        Assert.EndsWith(requestId, link);
        await using var page = await chromium.Open(product.Url, link);
        await page.Shows(page.ById("request-status"), "402", "the status");
        await page.Shows(page.ById("request-answer"), "insufficient_funds", "the answer");
        await page.Go("/console/requests?status=402");
        await page.Shows(page.ById("requests"), requestId, "the request in the list");
        var refused = await page.ById("requests").Locator("tbody tr[data-request]").CountAsync();
        await page.Go(link);
        await page.ById("replay").ClickAsync();
        await page.Shows(page.ById("replay-outcome"), "insufficient_funds", "what came of sending it again");
        await page.Go("/console/requests?status=402");
        await page.Shows(page.ById("requests"), requestId, "the request in the list");
        await Assertions.Expect(page.ById("requests").Locator("tbody tr[data-request]")).ToHaveCountAsync(refused + 1);
        page.HasNoComplaints(but: "status of 402");
    }

    [Fact]
    public async Task A_payments_journey_ends_in_a_refund_by_button()
    {
        using var merchant = new MerchantClient(product.Url);
        var (intent, _) = await merchant.Post("/v1/payment_intents", Paid);
        await merchant.Post("/v1/payment_intents", Declined);
        await using var page = await chromium.Open(product.Url, "/console/checkout");
        await page.Shows(page.ById("intents"), (string)intent["id"]!, "the payment in the list");
        await Assertions.Expect(page.ById("by-brand").Locator("[data-name=visa]")).ToBeVisibleAsync();
        await Assertions.Expect(page.ById("by-decline").Locator("[data-name=insufficient_funds]")).ToBeVisibleAsync();
        await page.Go($"/console/checkout/{intent["id"]}");
        await page.Shows(page.ById("intent-journey"), "Paid", "that it was paid");
        await page.Page.GetByLabel("Amount, USD").FillAsync("10.00");
        await page.ById("refund").ClickAsync();
        await page.Shows(page.ById("intent-journey"), "Refunded", "the refund");
        Assert.Equal(1_000, (int)(await merchant.Get($"/v1/charges/{intent["latest_charge"]}"))["amount_refunded"]!);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_delivery_shows_its_tries_is_sent_again_and_its_signature_explained()
    {
        using var merchant = new MerchantClient(product.Url);
        // Nobody listens there.
        await merchant.Post("/v1/webhook_endpoints", "url=http://127.0.0.1:9/hook&enabled_events[]=customer.created");
        await merchant.Post("/v1/customers", "name=Ada");
        await using var page = await chromium.Open(product.Url, "/console/webhooks");
        var row = page.ById("deliveries").Locator("tr[data-delivery]").First;
        await page.Shows(row, "customer.created", "the delivery");
        await row.Locator("a").First.ClickAsync();
        await page.Shows(page.ById("delivery-body"), "Ada", "the body");
        await page.Shows(page.ById("attempts"), "no answer", "the try");
        var tries = await page.ById("attempts").Locator("li").CountAsync();
        await page.ById("resend").ClickAsync();
        await Assertions.Expect(page.ById("attempts").Locator("li").Nth(tries)).ToBeVisibleAsync();
        await page.Page.GetByLabel("Stripe-Signature").FillAsync("t=1,v1=00");
        await page.ById("verify").ClickAsync();
        await page.Has(page.ById("verify-outcome"), "data-verdict", "malformed", "the verdict");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_bank_is_shown_the_way_to_the_merchants_pages()
    {
        await using var page = await chromium.Open(product.Url);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Webhooks" }).ClickAsync();
        await page.ById("become-merchant").ClickAsync();
        await Assertions.Expect(page.ById("endpoints")).ToBeAttachedAsync();
        page.HasNoComplaints();
    }
}
