namespace Console.Tests;

/// <summary>The live board, from the stream of decisions.</summary>
[Collection(ChromiumSuite.Name)]
public sealed class FraudBoardTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    [Fact]
    public async Task Decisions_are_rated_drawn_and_listed_as_they_are_made()
    {
        using var analyst = new AnalystClient(product.Url);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/live");
        await page.Has(page.ById("rates"), "data-decisions", "0", "that nothing was decided yet");
        var held = await analyst.Hold("150.00", product.Bank);
        await product.Bank.PayMany(2);
        await page.Has(page.ById("rates"), "data-decisions", "4", "each decision once");
        await page.Shows(page.ById("rate-approve"), "75.0 %", "the share that was approved");
        await page.Shows(page.ById("rate-review"), "25.0 %", "the share that was held");
        await page.Has(page.ById("map"), "data-spots", "2", "the payments that have a place");
        await page.Has(page.ById("map").Locator($"[data-payment={held.Payment}]"), "data-outcome", "review", "the held payment on the map");
        await page.Shows(page.ById("top-rules").Locator("[data-rule=impossible_travel]"), "1", "the rule that spoke");
        await page.Has(page.ById("alerts"), "data-alerts", "1", "the alert");
        await page.Shows(page.ById("remarkable").Locator($"[data-payment={held.Payment}]"), "New York → London", "why it was held");
        page.HasNoComplaints();
    }
}
