using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>The model in the console: what it is worth, drawn, and putting it in force.</summary>
[Collection(ChromiumSuite.Name)]
public sealed class FraudModelTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    private const string Administrator = "sk_sandbox_admin";

    [Fact]
    public async Task A_model_is_drawn_and_put_in_force_by_an_administrator()
    {
        await using (var before = await chromium.Open(product.Url))
        {
            await before.GoAs(AnalystClient.First, "/console/fraud/models");
            await before.Shows(before.ById("no-model"), "./run fraud train", "how one is trained");
            before.HasNoComplaints();
        }

        var (older, newer) = (TrainedModel.Save(product.Models, 1), TrainedModel.Save(product.Models, 2));
        await using (var page = await chromium.Open(product.Url))
        {
            await page.GoAs(AnalystClient.First, "/console/fraud/models");
            await Assertions.Expect(page.ById("models").Locator("li")).ToHaveCountAsync(2);
            await page.Shows(page.ById("manifest"), "2,000 later ones", "what it was tried on");
            await page.Shows(page.ById("put-in-force"), "An administrator", "who may put it in force");
            await page.Shows(page.ById("budget"), "review budget: 1.0 %", "the review budget on the curve");
            Assert.InRange(int.Parse((await page.ById("curve").GetAttributeAsync("data-points"))!), 10, 50);
            Assert.InRange(int.Parse((await page.ById("calibration").GetAttributeAsync("data-bins"))!), 3, 10);
            Assert.Equal("amount", await page.ById("top-features").Locator("li").First.GetAttributeAsync("data-feature"));
            // By keyboard alone: the older version, then its numbers.
            await page.ById("models").Locator($"[data-version='{older}'] a").FocusAsync();
            await page.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.Page).ToHaveURLAsync(product.Url + "/console/fraud/models/" + older);
            await page.Shows(page.ById("version"), older, "its version");
            await page.ById("curve").Locator("summary").FocusAsync();
            await page.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(page.ById("curve").Locator("tbody tr").First).ToBeVisibleAsync();
            page.HasNoComplaints();
        }

        await using (var page = await chromium.Open(product.Url))
        {
            await page.GoAs(Administrator, "/console/fraud/models/" + newer);
            await page.Has(page.ById("mode"), "data-mode", "none", "that it is not in force");
            await page.Page.Locator("[data-choose=shadow]").ClickAsync();
            await page.Has(page.ById("mode"), "data-mode", "shadow", "that it speaks in shadow");
            await page.Page.Locator("[data-choose=live]").ClickAsync();
            await page.Has(page.ById("mode"), "data-mode", "live", "that it counts");
            await page.Has(page.ById("models").Locator($"[data-version='{newer}']"), "data-mode", "live", "which version counts");
            using var analyst = new AnalystClient(product.Url);
            Assert.Equal(newer, (string)(await analyst.Get("/fraud/model"))["version"]!);
            await page.Page.Locator("[data-choose=none]").ClickAsync();
            await page.Has(page.ById("mode"), "data-mode", "none", "that payments are decided without it");
            page.HasNoComplaints();
        }
    }
}
