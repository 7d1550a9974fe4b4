using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Console.Tests;

[Collection(ChromiumSuite.Name)]
public sealed class PageTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>
{
    // A text may be an account's id, so search asks for that account; the browser logs that there is none.
    private const string NotFound = "status of 404";

    [Fact]
    public async Task Pay_shows_the_payment_and_what_it_did_to_both_balances()
    {
        await using var page = await chromium.Open(product.Url);
        var (payer, payee) = (await Available(BankClient.Payer), await Available(BankClient.Payee));
        await page.ById("sandbox-pay").ClickAsync();
        var effect = page.ById("sandbox-pay-effect");
        await page.Shows(effect, "pay_", "the payment that it made");
        var id = (await effect.Locator("a[href*='/payments/']").InnerTextAsync()).Trim();
        await Assertions.Expect(effect.GetByTestId("balance-change")).ToHaveCountAsync(2);
        Assert.Equal((payer - 150m, payee + 150m), (await Available(BankClient.Payer), await Available(BankClient.Payee)));
        await Assertions.Expect(page.Page.Locator($"[data-testid=last-payments] tr[data-payment='{id}']")).ToHaveCountAsync(1);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_hot_account_settles_two_hundred_at_once()
    {
        await using var page = await chromium.Open(product.Url);
        var payee = await Available(BankClient.Payee);
        await page.ById("sandbox-hot").ClickAsync();
        await page.Shows(page.ById("sandbox-hot-effect"), "200 settled", "that 200 payments settled");
        Assert.Equal(payee + 200m, await Available(BankClient.Payee));
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_decline_is_shown_with_its_reason_and_moves_nothing()
    {
        await using var page = await chromium.Open(product.Url);
        var before = await Available("sandbox_0001");
        await page.ById("sandbox-decline").ClickAsync();
        await page.Shows(page.ById("sandbox-decline-effect"), "AM04", "the reason");
        Assert.Equal(before, await Available("sandbox_0001"));
        page.HasNoComplaints();
    }

    [Fact]
    public async Task The_clock_moves_an_hour_ahead()
    {
        await using var page = await chromium.Open(product.Url);
        await page.ById("sandbox-clock").ClickAsync();
        await page.Shows(page.ById("sandbox-clock-effect"), "UTC", "the new time");
        var paid = await product.Bank.Pay("1.00");
        var ahead = DateTimeOffset.Parse((string)paid["createdAt"]!) - TimeProvider.System.GetUtcNow();
        Assert.InRange(ahead.TotalMinutes, 59, 24 * 60);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_payments_page_draws_its_journey()
    {
        var id = (string)(await product.Bank.Pay("12.34", creditor: "sandbox_0002"))["id"]!;
        var steps = (await product.Bank.Get($"/payments/{id}/journey"))["steps"]!.AsArray();
        await using var page = await chromium.Open(product.Url, $"/console/payments/{id}");
        var journey = page.ById("journey");
        await page.Has(journey, "data-steps", steps.Count.ToString(), "every step of the journey");
        foreach (var step in steps)
            await page.Shows(journey.Locator($"[data-step='{(string)step!["type"]!}']"), (string)step["title"]!, $"the step {(string)step["type"]!}");
        var settled = journey.Locator("[data-step='payment.settled']");
        await page.Shows(settled, BankClient.Payer, "the debtor");
        await page.Shows(settled, "sandbox_0002", "the creditor");
        await page.Shows(settled, "12.34 USD", "the amount");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_return_is_made_from_the_page_and_shown()
    {
        var id = (string)(await product.Bank.Pay("5.00", creditor: "sandbox_0004"))["id"]!;
        await using var page = await chromium.Open(product.Url, $"/console/payments/{id}");
        await page.ById("return").ClickAsync();
        await page.Shows(page.Page.Locator("main"), "returned", "that it was returned");
        await page.Has(page.ById("journey"), "data-steps", "4", "the return as a step");
        Assert.Equal("5.00", (string)(await product.Bank.Get($"/payments/{id}"))["amountReturned"]!);
        page.HasNoComplaints();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Search_finds_a_payment(bool byId)
    {
        var reference = $"order-{Guid.NewGuid():N}"[..20];
        var id = (string)(await product.Bank.Pay("2.50", endToEndId: reference))["id"]!;
        await using var page = await chromium.Open(product.Url);
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync(byId ? id : reference);
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Shows(page.Page.Locator("main"), id, "the payment that was searched for");
        page.HasNoComplaints(but: NotFound);
    }

    [Fact]
    public async Task What_is_nowhere_is_not_found()
    {
        await using var page = await chromium.Open(product.Url, "/console/search?q=no-such-reference");
        await Assertions.Expect(page.ById("nothing-found")).ToBeVisibleAsync();
        page.HasNoComplaints(but: NotFound);
    }

    [Fact]
    public async Task An_accounts_page_shows_its_balance_and_entries_and_follows_them()
    {
        await product.Bank.Pay("3.21", creditor: "sandbox_0005");
        await using var page = await chromium.Open(product.Url, "/console/accounts/sandbox_0005");
        await page.Shows(page.ById("balance"), "10,003.21", "the balance");
        var entries = page.ById("entries").Locator("tbody tr");
        await Assertions.Expect(entries).ToHaveCountAsync((await Entries("sandbox_0005")).Count);
        await page.Shows(entries.First, "3.21", "the newest entry first");
        await product.Bank.Pay("1.79", creditor: "sandbox_0005");
        await page.Shows(page.ById("balance"), "10,005.00", "the balance after another payment, by itself");
        await Assertions.Expect(entries).ToHaveCountAsync((await Entries("sandbox_0005")).Count);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_frozen_account_needs_a_person()
    {
        await using var page = await chromium.Open(product.Url, "/console/accounts/sandbox_0006");
        await page.ById("account-freeze").ClickAsync();
        await page.Page.GetByLabel("Why").FillAsync("Asked for by the customer");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Shows(page.Page.Locator("h1"), "Frozen", "the status");
        await page.Go("/console/");
        await page.Shows(page.ById("attention"), "sandbox_0006", "the frozen account");
        page.HasNoComplaints();
    }

    private async Task<decimal> Available(string account) =>
        decimal.Parse((string)(await product.Bank.Get($"/accounts/{account}"))["balance"]!["available"]!);

    private async Task<JsonArray> Entries(string account) => (await product.Bank.Get($"/accounts/{account}/entries"))["data"]!.AsArray();
}
