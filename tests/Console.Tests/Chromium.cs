using Microsoft.Playwright;

namespace Console.Tests;

/// <summary>The machine's own Chromium, nothing downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        Assert.True(
            File.Exists(Path.Combine(AppContext.BaseDirectory, "console", "index.html")),
            "The console is not built: run 'npm ci && npm run build' in Gateway/Console (./test does), then build this project again.");
        Assertions.SetDefaultExpectTimeout(ConsolePage.PatienceMs);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable(),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.CloseAsync();
        playwright?.Dispose();
    }

    /// <summary>A page with an empty profile of its own.</summary>
    internal async Task<ConsolePage> Open(string url, string path = "/console/")
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions { BaseURL = url, ViewportSize = new ViewportSize { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout(ConsolePage.PatienceMs);
        var page = new ConsolePage(context, await context.NewPageAsync());
        await page.Go(path);
        await Assertions.Expect(page.State).ToHaveAttributeAsync("data-state", "live", new() { Timeout = ConsolePage.PatienceMs });
        return page;
    }

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

[CollectionDefinition(Name)]
public sealed class ChromiumSuite : ICollectionFixture<Chromium>
{
    public const string Name = "one browser";
}
