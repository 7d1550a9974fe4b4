using System.Text;
using Gateway.ConsolePages;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.ConsolePages;

public sealed class ConsoleAssetsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("console-assets-").FullName;

    public ConsoleAssetsTests()
    {
        Directory.CreateDirectory(Path.Combine(directory, "assets"));
        File.WriteAllText(Path.Combine(directory, "index.html"), "<page>");
        File.WriteAllText(Path.Combine(directory, "assets", "index-abc.js"), "script");
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("", 200, "<page>", "text/html; charset=utf-8", "no-cache")]
    [InlineData("payments/pay_1", 200, "<page>", "text/html; charset=utf-8", "no-cache")]
    [InlineData("../secret", 200, "<page>", "text/html; charset=utf-8", "no-cache")]
    [InlineData("assets/index-abc.js", 200, "script", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable")]
    [InlineData("assets/index-old.js", 404, null, "application/problem+json", "")]
    public async Task Files_are_themselves_and_every_view_is_the_page(string path, int status, string? body, string contentType, string cacheControl)
    {
        var context = await Get(new ConsoleAssets(directory), path);
        Assert.Equal((status, contentType, cacheControl), (context.Response.StatusCode, context.Response.ContentType, context.Response.Headers.CacheControl.ToString()));
        if (body is not null)
            Assert.Equal(body, Body(context));
        Assert.StartsWith("default-src 'none'; script-src 'self';", context.Response.Headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_that_has_the_page_is_told_so()
    {
        var assets = new ConsoleAssets(directory);
        var tag = (await Get(assets, "")).Response.Headers.ETag;
        var again = await Get(assets, "", tag.ToString());
        Assert.Equal((304, ""), (again.Response.StatusCode, Body(again)));
        Assert.Equal(200, (await Get(assets, "", "\"other\"")).Response.StatusCode);
    }

    [Fact]
    public async Task Without_a_built_console_it_says_what_is_missing()
    {
        var context = await Get(new ConsoleAssets(Path.Combine(directory, "nowhere")), "payments");
        Assert.Equal(503, context.Response.StatusCode);
        Assert.Contains("Node.js", Body(context), StringComparison.Ordinal);
    }

    private static async Task<HttpContext> Get(ConsoleAssets assets, string path, string? ifNoneMatch = null)
    {
        var context = new DefaultHttpContext { Request = { Method = "GET" }, Response = { Body = new MemoryStream() } };
        context.Request.Headers.IfNoneMatch = ifNoneMatch;
        await assets.Send(context, path);
        return context;
    }

    private static string Body(HttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
}
