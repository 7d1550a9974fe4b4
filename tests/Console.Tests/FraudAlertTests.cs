using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>What detectors found across accounts, and its end, with the keyboard.</summary>
[Collection(ChromiumSuite.Name)]
public sealed class FraudAlertTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    [Fact]
    public async Task An_alert_arrives_by_itself_is_opened_and_closed_by_keys_and_counts_on_the_board()
    {
        using var analyst = new AnalystClient(product.Url);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/alerts");
        await page.Shows(page.ById("alerts-list"), "No alert is open", "that there is none yet");
        var first = await analyst.Raise("10.00", product.Bank);
        var second = await analyst.Raise("20.00", product.Bank);
        await page.Has(page.ById("alerts-list").Locator($"[data-alert={second}]"), "data-alert", second, "the alert that was raised while the page was open");
        await page.Shows(page.ById("alerts-list").Locator($"[data-alert={first}]"), "50.00", "the money of the pattern");
        await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Shows(page.ById("alert-text"), "5 accounts", "what was found");
        var opened = page.Page.Url.Split('/')[^1];
        await Assertions.Expect(page.ById("alert-accounts").Locator("li")).ToHaveCountAsync(5);
        await Assertions.Expect(page.ById("alert-payments").Locator("li")).ToHaveCountAsync(5);

        // One key alone says nothing yet.
        await page.Page.Keyboard.PressAsync("c");
        await page.Page.Keyboard.PressAsync("1");
        await Assertions.Expect(page.ById("close-alert")).ToBeEnabledAsync();
        await page.Page.Keyboard.PressAsync("n");
        await page.Page.Keyboard.TypeAsync("A farm of phones, cl");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Shows(page.ById("alert-outcome"), "Confirmed fraud", "how it was closed");
        await page.Shows(page.ById("alert-outcome"), "A farm of phones, cl", "the note");
        var closed = await analyst.Get("/fraud/alerts/" + opened);
        Assert.Equal(("closed", "confirmed_fraud", AnalystClient.NameOf(AnalystClient.First)), ((string)closed["state"]!, (string)closed["outcome"]!, (string)closed["closedBy"]!));

        await page.Page.Keyboard.PressAsync("l");
        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"/console/fraud/alerts/{(opened == first ? second : first)}$"));
        await page.Go("/console/fraud/live");
        await page.Has(page.ById("alerts"), "data-alerts", "2", "both alerts");
        await page.Has(page.ById("alerts"), "data-analysts", "1", "the analyst who closed one");
        await page.Shows(page.ById("alerts"), "2.0", "alerts to each analyst");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task Who_looks_at_an_alert_sees_that_another_analyst_closed_it()
    {
        using var analyst = new AnalystClient(product.Url);
        var id = await analyst.Raise("30.00", product.Bank);
        await using var one = await chromium.Open(product.Url);
        await one.GoAs(AnalystClient.First, "/console/fraud/alerts/" + id);
        await one.Shows(one.ById("alert-text"), "5 accounts", "the alert");
        await using var other = await chromium.Open(product.Url);
        await other.GoAs(AnalystClient.Second, "/console/fraud/alerts/" + id);
        await other.Shows(other.ById("alert-text"), "5 accounts", "the alert");
        await other.Page.Keyboard.PressAsync("2");
        await other.Page.Keyboard.PressAsync("c");
        await other.Shows(other.ById("alert-outcome"), "False positive", "how it was closed");
        await one.Shows(one.ById("alert-outcome"), "False positive", "what the other analyst said");
    }
}
