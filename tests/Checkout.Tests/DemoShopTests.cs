using Microsoft.Playwright;

namespace Checkout.Tests;

/// <summary>A cardholder in a real browser: the shop on one origin, the card's frame on another.</summary>
public sealed class DemoShopTests
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    [Fact]
    public async Task A_card_succeeds_one_declines_and_a_challenge_fails_and_then_passes()
    {
        await using var product = await ProductProcess.Start();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable(),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        // The same server under another name is another origin to a browser.
        await page.GotoAsync($"{product.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}/demo?api={product.Url}");
        await Pay(page, "4242 4242 4242 4242");
        await Says(page, "Paid: succeeded");
        await Pay(page, "4000 0000 0000 0002");
        await Says(page, "Your card was declined.");
        await Pay(page, "4242 4242 4242 4241");
        await Says(page, "Your card number is incorrect.");
        await Pay(page, "4000 0000 0000 3220");
        await page.FrameLocator("#payments-challenge").Locator("#fail").ClickAsync();
        await Says(page, "We are unable to authenticate your payment method. Please choose a different payment method and try again.");
        await Pay(page, "4000 0000 0000 3220");
        await page.FrameLocator("#payments-challenge").Locator("#complete").ClickAsync();
        await Says(page, "Paid: succeeded");
        using var api = new MerchantApi(product.Url);
        var intent = (await api.Get("/v1/payment_intents/" + await page.Locator("#message").GetAttributeAsync("data-intent"))).Ok();
        Assert.Equal("succeeded", intent["status"]);
        // The shop's page never sees the number.
        Assert.DoesNotContain("4000", await page.EvaluateAsync<string>("JSON.stringify([...document.querySelectorAll('input')].map(i => i.value))"));
    }

    [Fact]
    public async Task A_checkout_session_s_page_takes_a_card_that_declines_and_one_that_asks_for_a_challenge()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        var item = "line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1250&line_items[0][price_data][product_data][name]=A+book&line_items[0][quantity]=2";
        var session = (await api.Post("/v1/checkout/sessions", $"mode=payment&{item}&success_url={Uri.EscapeDataString(product.Url + "/demo?session={CHECKOUT_SESSION_ID}")}")).Ok();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable(),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        await page.GotoAsync(session["url"]);
        await Assertions.Expect(page.Locator("#items")).ToContainTextAsync("2 × A book");
        await Assertions.Expect(page.Locator("#pay")).ToHaveTextAsync("Pay 25.00 USD");
        await page.Locator("#email").FillAsync("ada@shop.example");
        await Pay(page, "4000 0000 0000 0002");
        await Says(page, "Your card was declined.");
        await Pay(page, "4000 0000 0000 3220");
        await page.FrameLocator("#payments-challenge").Locator("#complete").ClickAsync();
        await page.WaitForURLAsync("**/demo?session=" + session["id"]);
        var paid = (await api.Get("/v1/checkout/sessions/" + session["id"])).Ok();
        Assert.Equal(("complete", "paid"), (paid["status"], paid["payment_status"]));
        await page.GotoAsync(session["url"]);
        await Says(page, "This is paid already.");
    }

    private static async Task Pay(IPage page, string number)
    {
        var card = page.FrameLocator("iframe[title=Card]");
        await card.Locator("#number").FillAsync(number);
        await card.Locator("#expiry").FillAsync("12 / 34");
        await card.Locator("#cvc").FillAsync("123");
        await page.Locator("#pay").ClickAsync();
    }

    private static Task Says(IPage page, string text) => Assertions.Expect(page.Locator("#message")).ToHaveTextAsync(text, new() { Timeout = 20_000 });

    private static string Executable()
    {
        var found = from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                    from name in Names
                    let file = Path.Combine(folder, name)
                    where File.Exists(file)
                    select file;
        return found.FirstOrDefault() ?? throw new InvalidOperationException($"None of {string.Join(", ", Names)} is on the PATH: ./test installs Chromium.");
    }
}
