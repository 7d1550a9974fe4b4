using Microsoft.Playwright;

namespace Console.Tests;

[Collection(ChromiumSuite.Name)]
public sealed class LivePageTests(Chromium chromium)
{
    [Fact]
    public async Task Payments_that_arrive_are_counted_drawn_and_listed_as_the_log_has_them()
    {
        await using var product = await ProductProcess.Start();
        using var bank = new BankClient(product.Url);
        await using var page = await chromium.Open(product.Url);
        await page.Has(page.Counter, "data-count", "0", "that there is no payment yet");

        await Task.WhenAll(bank.PayMany(190), bank.PayMany(10, debtor: "sandbox_0007", amount: "10000.01"));

        await page.Has(page.Counter, "data-count", "200", "200 payments in the counter");
        await page.Has(page.Chart, "data-total", "200", "200 payments in the chart");
        var log = await bank.Payments();
        Assert.Equal((190, 10), (log.Count(static one => one.Type == "payment.settled"), log.Count(static one => one.Type == "payment.rejected")));
        await page.Has(page.LastPayments.First, "data-position", log[^1].Position, "the log's last payment in its first row");
        Assert.Equal(log.Reverse().Take(50).Select(static one => $"{one.Position} {one.Payment}"), await page.ShownPayments());
        await page.Shows(page.Page.Locator("main"), "190 settled", "how many settled");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task After_a_kill_it_says_so_reconnects_and_has_no_gap_and_no_double()
    {
        await using var product = await ProductProcess.Start();
        using var bank = new BankClient(product.Url);
        await using var page = await chromium.Open(product.Url);
        await bank.PayMany(20);
        await page.Has(page.Counter, "data-count", "20", "the payments before the kill");

        await product.Kill();
        await page.Has(page.State, "data-state", "down", "that the server is gone");
        await Assertions.Expect(page.ById("server-gone")).ToBeVisibleAsync();

        await product.StartAgain();
        await bank.PayMany(15);
        await page.Has(page.State, "data-state", "live", "that it is connected again");
        await Assertions.Expect(page.ById("server-gone")).ToBeHiddenAsync();
        await bank.PayMany(5);

        await page.Has(page.Counter, "data-count", "40", "the payments from before and after the kill");
        await page.Has(page.Chart, "data-total", "40", "the payments from before and after the kill in the chart");
        var log = await bank.Payments();
        Assert.Equal(40, log.Count);
        await page.Has(page.LastPayments.First, "data-position", log[^1].Position, "the log's last payment in its first row");
        Assert.Equal(log.Reverse().Select(static one => $"{one.Position} {one.Payment}"), await page.ShownPayments());
        page.HasNoComplaints(but: "net::ERR_");
    }

    [Fact]
    public async Task A_page_that_opens_after_a_restart_has_the_whole_history_at_once()
    {
        await using var product = await ProductProcess.Start();
        using var bank = new BankClient(product.Url);
        await bank.PayMany(30);
        await product.Kill();
        await product.StartAgain();
        await using var page = await chromium.Open(product.Url);
        await page.Has(page.Counter, "data-count", "30", "the payments from before the restart");
        await page.Has(page.Chart, "data-total", "30", "the payments from before the restart in the chart");
        page.HasNoComplaints();
    }
}
