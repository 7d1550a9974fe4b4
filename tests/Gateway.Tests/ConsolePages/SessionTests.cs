using System.Net;
using System.Text;
using Gateway.Keys;
using Ledger;
using Ledger.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.ConsolePages;

[Collection(GatewayCollection.Name)]
public sealed class SessionTests(SharedServer shared) : IDisposable
{
    private const string Payment = """{"amount":"0.01","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321"}""";

    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = shared.Server.Url };

    private string Own => shared.Server.Url.GetLeftPart(UriPartial.Authority);

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Opening_the_sandboxs_console_signs_in_as_its_first_bank()
    {
        var cookie = await OpenConsole();
        using var session = await Send(HttpMethod.Get, "/console/session", cookie);
        Assert.Equal("""{"name":"sandbox_bank","role":"bank","sandbox":true}""", await session.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_for_scripts_and_other_sites_and_holds_no_key()
    {
        using var page = await http.GetAsync(new Uri("/console/", UriKind.Relative));
        var cookie = page.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/;", cookie + ";", StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("sk_sandbox", cookie, StringComparison.Ordinal);
        Assert.NotEqual(await OpenConsole(), await OpenConsole());
    }

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData("http://evil.example", null, 401)]
    [InlineData("null", null, 401)]
    [InlineData("own", null, 201)]
    [InlineData(null, "same-origin", 201)]
    [InlineData(null, "same-site", 401)]
    [InlineData("own", "cross-site", 401)]
    [InlineData(null, "none", 401)]
    public async Task A_session_changes_something_only_from_a_page_of_ours(string? origin, string? fetchSite, int status)
    {
        using var answer = await Send(HttpMethod.Post, "/payments", await OpenConsole(), Payment, origin == "own" ? Own : origin, fetchSite);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task An_authorization_header_counts_instead_of_the_session()
    {
        using var request = Request(HttpMethod.Get, "/accounts/123456789", await OpenConsole());
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer sk_wrong");
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_key_of_the_cookies_stands_wrapped_and_one_that_does_not_is_replaced()
    {
        const string Setting = "console session key";
        var data = Directory.CreateTempSubdirectory("gateway-session-").FullName;
        string stored;
        await using (var server = await GatewayServer.Start(data: data))
        {
            (await server.Api(key: null).Get("/console/")).Is(HttpStatusCode.OK);
            var registry = server.Services.GetRequiredService<IRegistry>();
            stored = registry.ReadSetting(Setting)!;
            var opened = new byte[32];
            server.Services.GetRequiredService<MasterKey>().Unwrap(Convert.FromBase64String(stored), opened);
            Assert.NotEqual(new byte[32], opened);
            Assert.Throws<System.Security.Cryptography.AuthenticationTagMismatchException>(() => new MasterKey(new byte[32]).Unwrap(Convert.FromBase64String(stored), new byte[32]));
            registry.WriteSetting(Setting, Convert.ToBase64String(opened));
        }

        await using (var server = await GatewayServer.Start(data: data))
        {
            (await server.Api(key: null).Get("/console/")).Is(HttpStatusCode.OK);
            var replaced = server.Services.GetRequiredService<IRegistry>().ReadSetting(Setting)!;
            Assert.Equal(stored.Length, replaced.Length);
            Assert.NotEqual(stored, replaced);
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task A_changed_or_invented_cookie_is_nobodys()
    {
        var cookie = await OpenConsole();
        foreach (var at in new[] { "payments_console=".Length, cookie.Length / 2, cookie.Length - 2 })
        {
            var changed = new StringBuilder(cookie) { [at] = cookie[at] == 'A' ? 'B' : 'A' }.ToString();
            using var answer = await Send(HttpMethod.Get, "/console/session", changed);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        foreach (var invented in new[] { "", "x", "payments_console=", "payments_console=" + new string('A', 5_000) })
        {
            using var answer = await Send(HttpMethod.Get, "/console/session", invented);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Signing_in_with_another_key_and_out_again()
    {
        using var signedIn = await Send(HttpMethod.Post, "/console/session", "", """{"key":"sk_sandbox_bank2"}""", Own);
        Assert.Equal(HttpStatusCode.NoContent, signedIn.StatusCode);
        var cookie = CookieOf(signedIn);
        using var session = await Send(HttpMethod.Get, "/console/session", cookie);
        Assert.Contains("\"sandbox_bank2\"", await session.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var foreign = await Send(HttpMethod.Get, "/accounts/123456789", cookie);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        using var signedOut = await Send(HttpMethod.Delete, "/console/session", cookie, origin: Own);
        Assert.Equal(HttpStatusCode.NoContent, signedOut.StatusCode);
        Assert.Equal("payments_console=", CookieOf(signedOut));
    }

    [Theory]
    [InlineData("""{"key":"sk_unknown"}""", "own", 401, "unauthenticated")]
    [InlineData("""{"key":"pk_test_sandbox_merchant"}""", "own", 403, "role_not_allowed")]
    [InlineData("""{"key":"sk_sandbox_bank"}""", "http://evil.example", 403, "cross_site_request")]
    [InlineData("""{"key":"sk_sandbox_bank"}""", null, 403, "cross_site_request")]
    [InlineData("""{"key":1}""", "own", 422, "invalid_fields")]
    [InlineData("{}", "own", 422, "invalid_fields")]
    [InlineData("""{"key":"a","more":1}""", "own", 422, "invalid_fields")]
    [InlineData("{", "own", 400, "malformed_json")]
    public async Task A_sign_in_that_is_refused_sets_no_cookie(string body, string? origin, int status, string code)
    {
        using var answer = await Send(HttpMethod.Post, "/console/session", "", body, origin == "own" ? Own : origin);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains($"\"{code}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_session_ends_with_its_key()
    {
        var registry = shared.Server.Services.GetRequiredService<IRegistry>();
        var key = shared.Name("sk_session");
        registry.AddKey(new ApiKey(key, registry.AddTenant("sandbox_bank"), "sandbox_bank", ApiKeyRole.Bank, 1, null), ApiKeys.Hash(key));
        using var signedIn = await Send(HttpMethod.Post, "/console/session", "", $$"""{"key":"{{key}}"}""", Own);
        var cookie = CookieOf(signedIn);
        using var before = await Send(HttpMethod.Get, "/accounts/123456789", cookie);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        shared.Server.Services.GetRequiredService<ApiKeys>().Revoke(key, 2);
        using var after = await Send(HttpMethod.Get, "/accounts/123456789", cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task A_session_outlives_a_restart_and_its_cookie_opens_no_other_ledger()
    {
        var data = Directory.CreateTempSubdirectory("gateway-tests-").FullName;
        try
        {
            string cookie;
            await using (var first = await GatewayServer.Start(data: data))
            {
                using var page = await http.GetAsync(new Uri(first.Url, "/console/"));
                cookie = CookieOf(page);
            }

            await using var second = await GatewayServer.Start(data: data);
            using var request = Request(HttpMethod.Get, new Uri(second.Url, "/accounts/123456789").ToString(), cookie);
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            using var elsewhere = await Send(HttpMethod.Get, "/accounts/123456789", cookie);
            Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private async Task<string> OpenConsole()
    {
        using var page = await http.GetAsync(new Uri("/console/", UriKind.Relative));
        return CookieOf(page);
    }

    private static string CookieOf(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private async Task<HttpResponseMessage> Send(HttpMethod method, string path, string cookie, string? body = null, string? origin = null, string? fetchSite = null)
    {
        using var request = Request(method, path, cookie);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        if (fetchSite is not null)
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", fetchSite);
        return await http.SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string cookie)
    {
        var request = new HttpRequestMessage(method, path);
        if (cookie.Length > 0)
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return request;
    }
}
