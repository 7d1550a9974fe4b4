using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>One browser tab on the console, and what it complained about.</summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    public const int PatienceMs = 120_000;

    private readonly IBrowserContext context;
    private readonly List<string> complaints = [];

    public ConsolePage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.Console += (_, message) => Complain(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Complain(true, error);
    }

    public IPage Page { get; }

    public ILocator State => ById("connection-state");

    public ILocator Counter => ById("payments-counter");

    public ILocator Chart => ById("payments-chart");

    public ILocator LastPayments => ById("last-payments").Locator("tbody tr[data-position]");

    public ILocator ById(string testId) => Page.GetByTestId(testId);

    public async Task Go(string path)
    {
        var answer = await Page.GotoAsync(path);
        Assert.True(answer!.Ok, $"{path} answered {answer.Status}.");
    }

    /// <summary>Signs the tab in with another key, as the form does, and opens a page with it.</summary>
    public async Task GoAs(string key, string path)
    {
        await Page.EvaluateAsync("async key => { const answer = await fetch('/console/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ key }) }); if (!answer.ok) throw new Error('status ' + answer.status) }", key);
        await Go(path);
        await Has(State, "data-state", "live", "that it is connected");
    }

    public Task Has(ILocator locator, string attribute, string value, string what) =>
        Explained(what, () => Assertions.Expect(locator).ToHaveAttributeAsync(attribute, value, new() { Timeout = PatienceMs }));

    public Task Shows(ILocator locator, string text, string what) =>
        Explained(what, () => Assertions.Expect(locator).ToContainTextAsync(text, new() { Timeout = PatienceMs }));

    /// <summary>The rows of the last payments, newest first, as position and payment.</summary>
    public async Task<string[]> ShownPayments() =>
        await LastPayments.EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.position + ' ' + row.dataset.payment)");

    /// <summary>Nothing was logged as an error or warning; the browser itself logs each request that fails, where that is expected.</summary>
    public void HasNoComplaints(string? but = null)
    {
        lock (complaints)
            Assert.Equal([], complaints.Where(text => but is null || !text.Contains(but, StringComparison.Ordinal)).ToList());
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();

    private static async Task Explained(string what, Func<Task> expect)
    {
        try
        {
            await expect();
        }
        catch (PlaywrightException missing)
        {
            // Playwright appends the whole page as it was; the beginning says what was there instead.
            throw new InvalidOperationException($"The page never showed {what}: {missing.Message[..Math.Min(missing.Message.Length, 1_000)]}");
        }
    }

    private void Complain(bool counts, string text)
    {
        if (!counts)
            return;
        lock (complaints)
            complaints.Add(text);
    }
}
