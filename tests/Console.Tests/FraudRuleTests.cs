using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>Rules in the console: what is in force, what a change would have done, and drafting it.</summary>
[Collection(ChromiumSuite.Name)]
public sealed class FraudRuleTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    [Fact]
    public async Task A_change_is_tried_on_recorded_payments_as_it_is_typed_then_drafted_and_validated()
    {
        using var analyst = new AnalystClient(product.Url);
        var held = await analyst.Hold("150.00", product.Bank);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/rules");
        var row = page.ById("rules").Locator("[data-rule=impossible_travel]");
        await page.Shows(row, "max speed 1,000 km/h", "what is in force");
        await row.GetByRole(AriaRole.Link).ClickAsync();
        await page.Has(page.ById("bench"), "data-changed", "0", "that nothing is otherwise without a change");
        await page.Has(page.ById("overlap"), "data-stopped", "1", "what the rule stops");
        await page.Has(page.ById("overlap"), "data-alone", "1", "that it stops it alone");
        await Assertions.Expect(page.ById("unlabelled")).ToBeVisibleAsync();

        await page.Page.GetByLabel("Points", new() { Exact = true }).FillAsync("10");
        await page.Has(page.ById("bench"), "data-changed", "1", "that the held payment comes out otherwise");
        await page.Shows(page.ById("moved"), "150.00", "its money");
        await page.Shows(page.ById("samples"), held.Payment, "the payment itself");
        await page.Has(page.ById("overlap"), "data-stopped", "0", "that the rule would stop it no more");

        await page.Page.GetByLabel("Why").FillAsync("Too many alarms");
        await page.ById("draft-version").ClickAsync();
        var version = page.ById("versions").Locator("[data-version='2']");
        await page.Has(version, "data-mode", "draft", "the draft");
        await page.Shows(version, "Too many alarms", "why it was drafted");
        await version.Locator("[data-step=validate]").ClickAsync();
        await page.Has(version, "data-mode", "validated", "that it is validated");
        Assert.Equal("validated", (string)(await analyst.Get("/fraud/rules/impossible_travel/versions/2"))["mode"]!);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task What_is_no_rule_is_neither_tried_nor_drafted()
    {
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/rules/velocity_count");
        await page.Page.GetByLabel("Points", new() { Exact = true }).FillAsync("101");
        await page.Shows(page.ById("draft"), "within its bounds", "why it cannot be drafted");
        await Assertions.Expect(page.ById("draft-version")).ToBeDisabledAsync();
        await Assertions.Expect(page.ById("bench")).ToHaveCountAsync(0);
        page.HasNoComplaints();
    }
}
