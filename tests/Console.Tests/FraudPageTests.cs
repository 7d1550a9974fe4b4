using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>What an analyst does in the console, with the keyboard.</summary>
[Collection(ChromiumSuite.Name)]
public sealed partial class FraudPageTests(Chromium chromium, SandboxProduct product) : IClassFixture<SandboxProduct>, IDisposable
{
    private readonly AnalystClient analyst = new(product.Url);

    public void Dispose() => analyst.Dispose();

    [Fact]
    public async Task The_queue_has_the_most_money_first_fills_by_itself_and_is_walked_by_keys()
    {
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud");
        var small = await analyst.Hold("30000.01", product.Bank);
        var large = await analyst.Hold("40000.01", product.Bank);
        await page.Has(Row(page, large.Id), "data-case", large.Id, "the case that was opened while the page was");
        var shown = await page.ById("cases").Locator("tbody tr").EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.case)");
        Assert.True(Array.IndexOf(shown, large.Id) < Array.IndexOf(shown, small.Id));
        await page.Shows(page.ById("at-risk"), "USD", "the sum of the money at risk");
        for (var row = Array.IndexOf(shown, large.Id); row >= 0; row--)
            await page.Page.Keyboard.PressAsync("j");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page).ToHaveURLAsync(CasePage());
        await page.Shows(page.Page.Locator("h1"), "40,000.01", "the case that was opened");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task Two_analysts_who_take_the_next_case_get_two()
    {
        await analyst.Hold("50000.00", product.Bank);
        await analyst.Hold("50001.00", product.Bank);
        await using var one = await chromium.Open(product.Url);
        await using var other = await chromium.Open(product.Url);
        await one.GoAs(AnalystClient.First, "/console/fraud");
        await other.GoAs(AnalystClient.Second, "/console/fraud");
        await one.Page.Keyboard.PressAsync("l");
        await other.Page.Keyboard.PressAsync("l");
        foreach (var (page, key) in new[] { (one, AnalystClient.First), (other, AnalystClient.Second) })
        {
            await Assertions.Expect(page.Page).ToHaveURLAsync(CasePage());
            await page.Shows(page.ById("assignee"), "taken by me", "that the case is the analyst's own");
            Assert.Equal(AnalystClient.NameOf(key), (string)(await analyst.Case(page.Page.Url.Split('/')[^1]))["assignee"]!);
        }

        Assert.NotEqual(one.Page.Url, other.Page.Url);
    }

    [Fact]
    public async Task A_case_says_why_what_the_payer_did_and_whom_it_paid()
    {
        var held = await analyst.Hold("150.00", product.Bank);
        var decision = await analyst.Get("/fraud/decisions/" + held.Payment);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/cases/" + held.Id);
        await page.Has(page.ById("score"), "data-score", decision["score"]!.ToString(), "the score");
        foreach (var reason in decision["reasons"]!.AsArray())
        {
            var row = page.ById((string)reason!["mode"]! == "live" ? "reasons" : "shadow-reasons").Locator($"[data-rule={reason["rule"]}]");
            await page.Has(row, "data-points", reason["points"]!.ToString(), $"the points of {reason["rule"]}");
            await page.Shows(row, (string)reason["text"]!, $"the sentence of {reason["rule"]}");
        }

        await page.Shows(page.ById("features").Locator("[data-feature=travel_metres]"), "5,570 km", "the distance");
        await Assertions.Expect(page.ById("timeline").Locator("tbody tr")).ToHaveCountAsync(2);
        await page.Shows(page.ById("timeline").Locator($"[data-payment={held.Payment}]"), "London", "where it was paid from");
        await page.Shows(page.ById("parties").Locator($"[data-account='{BankClient.Payee}']"), "2 paid, 160.00", "whom the payer paid");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task A_decision_can_be_undone_and_is_sent_when_it_was_not()
    {
        var held = await analyst.Hold("151.00", product.Bank);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/cases/" + held.Id);
        await page.Shows(page.ById("case-state").First, "Open", "that it is open");
        await page.Page.Keyboard.PressAsync("d");
        await page.Has(page.ById("pending-decision"), "data-state", "waiting", "that the decision can be undone");
        await page.Page.Keyboard.PressAsync("u");
        await Assertions.Expect(page.ById("pending-decision")).ToHaveCountAsync(0);
        await page.Page.GetByLabel("What it was").SelectOptionAsync("false_positive");
        await page.ById("approve").ClickAsync();
        // The decision goes along to another page.
        await page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Fraud" }).GetByRole(AriaRole.Link, new() { Name = "Cases" }).ClickAsync();
        await page.Has(page.ById("pending-decision"), "data-state", "waiting", "that it is not sent yet");
        Assert.Equal(1, (int)(await analyst.Case(held.Id))["version"]!);
        await Assertions.Expect(page.ById("pending-decision")).ToHaveCountAsync(0);
        var closed = await analyst.Case(held.Id);
        Assert.Equal(("released", "false_positive", AnalystClient.NameOf(AnalystClient.First)), ((string)closed["resolution"]!, (string)closed["label"]!, (string)closed["changedBy"]!));
        await Assertions.Expect(Row(page, held.Id)).ToHaveCountAsync(0);
        page.HasNoComplaints();
    }

    [Fact]
    public async Task Leaving_the_console_sends_what_was_decided_at_once()
    {
        var held = await analyst.Hold("152.00", product.Bank);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/cases/" + held.Id);
        await page.ById("decline").ClickAsync();
        await page.Has(page.ById("pending-decision"), "data-state", "waiting", "that the decision can be undone");
        await page.Go("/docs");
        Assert.Equal("refused", (string)(await analyst.Closed(held.Id, TimeSpan.FromSeconds(30)))["resolution"]!);
    }

    [Fact]
    public async Task Who_decides_second_hears_who_was_first()
    {
        var held = await analyst.Hold("153.00", product.Bank);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/cases/" + held.Id);
        await page.ById("approve").ClickAsync();
        using var second = new AnalystClient(product.Url, AnalystClient.Second);
        await second.Act(held.Id, "decline", new JsonObject { ["version"] = 1 });
        await page.Shows(page.ById("case-state").First, "Declined", "what the other analyst did, by itself");
        await page.Has(page.ById("pending-decision"), "data-state", "failed", "that this decision was not taken");
        await page.Shows(page.ById("pending-decision"), AnalystClient.NameOf(AnalystClient.Second), "who was first");
        page.HasNoComplaints(but: "status of 409");
    }

    [Fact]
    public async Task A_note_is_written_and_the_next_payment_that_is_held_finds_the_case_before()
    {
        var held = await analyst.Hold("154.00", product.Bank);
        await using var page = await chromium.Open(product.Url);
        await page.GoAs(AnalystClient.First, "/console/fraud/cases/" + held.Id);
        await page.Shows(page.ById("notes"), "None yet", "that there is no note");
        await page.Page.Keyboard.PressAsync("n");
        await page.Page.Keyboard.TypeAsync("Called the payer, dl");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Shows(page.ById("notes"), "Called the payer, dl", "the note");
        var decided = await analyst.Case(held.Id);
        Assert.Equal(("open", 2), ((string)decided["status"]!, (int)decided["version"]!));
        await analyst.Act(held.Id, "decline", new JsonObject { ["version"] = 2, ["label"] = "confirmed_fraud" });

        var next = await analyst.Hold("155.00", product.Bank);
        await page.GoAs(AnalystClient.First, "/console/fraud/cases/" + next.Id);
        await page.Shows(page.ById("similar").Locator($"[data-case={held.Id}]"), "Confirmed fraud", "the case before");
        page.HasNoComplaints();
    }

    [Fact]
    public async Task An_analyst_is_led_from_now_to_the_queue_and_a_bank_sees_none_of_it()
    {
        var held = await analyst.Hold("156.00", product.Bank);
        await using var page = await chromium.Open(product.Url, "/console/fraud/cases/" + held.Id);
        await Assertions.Expect(page.ById("analyst-only")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Link, new() { Name = "Fraud" })).ToHaveCountAsync(0);
        Assert.DoesNotContain("impossible", await page.Page.ContentAsync(), StringComparison.OrdinalIgnoreCase);
        await page.ById("become-analyst").ClickAsync();
        await page.Shows(page.ById("reasons"), "New York → London", "the reason");
        await page.Go("/console/");
        await page.ById("attention").GetByText("analyst").ClickAsync();
        await page.Has(Row(page, held.Id), "data-case", held.Id, "the case in the queue");
        page.HasNoComplaints();
    }

    [GeneratedRegex("/console/fraud/cases/case_[0-9a-z]+$")]
    private static partial Regex CasePage();

    private static ILocator Row(ConsolePage page, string id) => page.ById("cases").Locator($"tr[data-case={id}]");
}
