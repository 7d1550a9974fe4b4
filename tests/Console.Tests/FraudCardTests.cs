using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>Cases of card payments: what they show, and what deciding does.</summary>
[Collection(ChromiumSuite.Name)]
public sealed class FraudCardTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    [Fact]
    public async Task A_card_case_names_the_card_and_the_merchant_and_a_refusal_gives_the_money_back()
    {
        using var analyst = new AnalystClient(product.Url);
        using var merchant = new MerchantClient(product.Url);
        var held = await analyst.Watch(18_900, merchant);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud");
        var row = page.ById("cases").Locator($"tr[data-case={held.Id}]");
        await page.Shows(row, "Mastercard ···· 4444", "the card in the queue");
        await page.Shows(row, "merchant_sandbox", "the merchant");
        await row.GetByRole(AriaRole.Link, new() { Name = held.Id }).ClickAsync();
        await page.Shows(page.ById("case-card"), "Mastercard ···· 4444", "the card");
        await page.Shows(page.ById("card-facts"), held.Payment, "the intent");
        await page.Shows(page.ById("card-facts"), held.Payer, "the card as lists name it");
        await page.Shows(page.ById("reasons"), "watch list", "why");
        await Assertions.Expect(page.Page.GetByText("Loading")).ToHaveCountAsync(0);
        await page.Shows(page.ById("decline"), "Cancel or refund", "what a refusal does");
        await page.Page.Keyboard.PressAsync("d");
        await page.Shows(page.ById("pending-decision"), "Mastercard ···· 4444", "what is being decided");
        await page.Shows(page.ById("case-state").First, "Canceled or refunded", "how it ended");
        var refunds = (await merchant.Get("/v1/refunds?payment_intent=" + held.Payment))["data"]!.AsArray();
        Assert.Equal(18_900, (int)Assert.Single(refunds)!["amount"]!);

        await page.Go("/console/fraud/live");
        await page.Shows(page.ById("remarkable").Locator("tr", new() { HasText = "189.00" }), "Mastercard ···· 4444", "the card payment on the board");
        await page.Shows(page.ById("remarkable").Locator("tr", new() { HasText = "189.00" }), "To review", "what was decided of it");
        // Rules are tried on payments beside it.
        await page.Go("/console/fraud/rules/impossible_travel");
        await page.Has(page.ById("bench"), "data-status", "done", "that a rule is tried");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_later_payment_with_the_card_finds_the_case_before()
    {
        using var analyst = new AnalystClient(product.Url);
        using var merchant = new MerchantClient(product.Url);
        var before = await analyst.Watch(2_100, merchant);
        await analyst.Act(before.Id, "approve", new JsonObject { ["version"] = 1, ["label"] = "false_positive" });
        var held = await analyst.Watch(2_200, merchant);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/cases/" + held.Id);
        await page.Shows(page.ById("similar").Locator($"[data-case={before.Id}]"), "Kept", "how the case before ended");
        await page.Shows(page.ById("similar").Locator($"[data-case={before.Id}]"), "same card", "why it is alike");
        page.HasNoComplaints();
    }
}
