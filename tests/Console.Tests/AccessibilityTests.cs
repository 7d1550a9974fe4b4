using System.Text.Json;
using Microsoft.Playwright;

namespace Console.Tests;

[Collection(ChromiumSuite.Name)]
public sealed class AccessibilityTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    [Theory]
    [InlineData("/console/", ColorScheme.Light)]
    [InlineData("/console/", ColorScheme.Dark)]
    [InlineData("/console/payments", ColorScheme.Light)]
    [InlineData("/console/payments/PAYMENT", ColorScheme.Light)]
    [InlineData("/console/payments/PAYMENT", ColorScheme.Dark)]
    [InlineData("/console/accounts", ColorScheme.Light)]
    [InlineData("/console/accounts/123456789", ColorScheme.Light)]
    [InlineData("/console/events", ColorScheme.Dark)]
    [InlineData("/console/search?q=123456789", ColorScheme.Light)]
    public async Task A_page_has_no_violation_that_axe_finds(string path, ColorScheme scheme)
    {
        var payment = (string)(await product.Bank.Pay("1.00"))["id"]!;
        await product.Bank.Pay("20000.00", debtor: "sandbox_0010");
        await using var page = await chromium.Open(product.Url, path.Replace("PAYMENT", payment, StringComparison.Ordinal));
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await page.Shows(page.Page.Locator("main"), path.StartsWith("/console/accounts", StringComparison.Ordinal) ? path.EndsWith("accounts", StringComparison.Ordinal) ? "sandbox_1000" : "123456789" : payment, "what the page is about");
        await HasNoViolation(page);
    }

    [Theory]
    [InlineData("/console/checkout", "intents", ColorScheme.Light)]
    [InlineData("/console/checkout/INTENT", "intent-journey", ColorScheme.Dark)]
    [InlineData("/console/requests", "requests", ColorScheme.Dark)]
    [InlineData("/console/requests/REQUEST", "request-answer", ColorScheme.Light)]
    [InlineData("/console/webhooks", "deliveries", ColorScheme.Light)]
    [InlineData("/console/webhooks/DELIVERY", "delivery-body", ColorScheme.Dark)]
    public async Task A_merchants_page_has_no_violation_that_axe_finds(string path, string shown, ColorScheme scheme)
    {
        using var merchant = new MerchantClient(product.Url);
        await merchant.Post("/v1/webhook_endpoints", "url=http://127.0.0.1:9/hook&enabled_events[]=charge.failed");
        var (intent, request) = await merchant.Post("/v1/payment_intents", "amount=2500&currency=usd&payment_method=pm_card_visa&confirm=true");
        await merchant.Post("/v1/payment_intents", "amount=2600&currency=usd&payment_method=pm_card_visa_chargeDeclined&confirm=true");
        var delivery = (string)(await merchant.Get("/webhooks/deliveries"))["data"]![0]!["id"]!;
        await using var page = await chromium.Open(
            product.Url, path.Replace("INTENT", (string)intent["id"]!, StringComparison.Ordinal).Replace("REQUEST", request, StringComparison.Ordinal).Replace("DELIVERY", delivery, StringComparison.Ordinal));
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        await Assertions.Expect(page.ById(shown).First).ToBeVisibleAsync();
        await HasNoViolation(page);
    }

    [Theory]
    [InlineData("/console/fraud", "cases", ColorScheme.Light)]
    [InlineData("/console/fraud", "cases", ColorScheme.Dark)]
    [InlineData("/console/fraud/cases/CASE", "timeline", ColorScheme.Light)]
    [InlineData("/console/fraud/cases/CASE", "timeline", ColorScheme.Dark)]
    [InlineData("/console/fraud/live", "remarkable", ColorScheme.Light)]
    [InlineData("/console/fraud/live", "remarkable", ColorScheme.Dark)]
    [InlineData("/console/fraud/rules", "rules", ColorScheme.Dark)]
    [InlineData("/console/fraud/rules/impossible_travel", "overlap", ColorScheme.Light)]
    [InlineData("/console/fraud/rules/impossible_travel", "overlap", ColorScheme.Dark)]
    [InlineData("/console/fraud/alerts", "alerts-list", ColorScheme.Light)]
    [InlineData("/console/fraud/alerts/ALERT", "alert-closing", ColorScheme.Light)]
    [InlineData("/console/fraud/alerts/ALERT", "alert-closing", ColorScheme.Dark)]
    [InlineData("/console/fraud/cases/CARD", "card-facts", ColorScheme.Light)]
    [InlineData("/console/fraud/cases/CARD", "card-facts", ColorScheme.Dark)]
    [InlineData("/console/fraud/models", "calibration", ColorScheme.Light)]
    [InlineData("/console/fraud/models", "calibration", ColorScheme.Dark)]
    public async Task An_analysts_page_has_no_violation_that_axe_finds(string path, string shown, ColorScheme scheme)
    {
        using var analyst = new AnalystClient(product.Url);
        var held = await analyst.Hold("99.00", product.Bank);
        TrainedModel.Save(product.Models);
        await using var page = await chromium.Open(product.Url);
        await page.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        if (path.EndsWith("ALERT", StringComparison.Ordinal))
            path = path.Replace("ALERT", await analyst.Raise("5.00", product.Bank), StringComparison.Ordinal);
        if (path.EndsWith("CARD", StringComparison.Ordinal))
            path = path.Replace("CARD", await WatchedCard(analyst), StringComparison.Ordinal);
        await page.GoAs(AnalystClient.First, path.Replace("CASE", held.Id, StringComparison.Ordinal));
        await Assertions.Expect(page.ById(shown).First).ToBeVisibleAsync();
        if (path.EndsWith("CASE", StringComparison.Ordinal))
            await page.Page.Keyboard.PressAsync("a");
        await HasNoViolation(page);
    }

    private async Task<string> WatchedCard(AnalystClient analyst)
    {
        using var merchant = new MerchantClient(product.Url);
        return (await analyst.Watch(4_200, merchant)).Id;
    }

    private static async Task HasNoViolation(ConsolePage page)
    {
        await page.Page.EvaluateAsync(await File.ReadAllTextAsync(AxeSource()));
        var found = await page.Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join('; '))");
        Assert.Equal([], found.EnumerateArray().Select(static one => one.GetString()));
    }

    private static string AxeSource()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "Gateway", "Console", "node_modules", "axe-core", "axe.min.js");
            if (File.Exists(file))
                return file;
        }

        throw new InvalidOperationException("axe-core is not installed: run 'npm ci' in Gateway/Console (./test does).");
    }
}
