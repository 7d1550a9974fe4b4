using System.Net;
using System.Text.Json;
using Gateway.OpenApi;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Tests.Operations;

/// <summary>The document says what is there, and what it says works: on a fresh sandbox, in the document's order.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_example_works_when_it_is_sent()
    {
        await using var server = await GatewayServer.Start();
        using var bank = server.Api();
        var sent = 0;
        foreach (var operation in ApiOperations.All)
        {
            // Read anew: examples that name a payment name one that is there by then.
            var document = (await bank.Get("/openapi.json")).Is(HttpStatusCode.OK).Json;
            var described = document.GetProperty("paths").GetProperty(operation.Path).GetProperty(operation.Method.ToLowerInvariant());
            if (operation.NeedsObject)
                continue;
            using var other = operation.Key is null or Keys.Bank ? null : server.Api(operation.Key);
            await Send(other ?? bank, operation, described);
            sent++;
        }

        Assert.Equal(ApiOperations.All.Count(static operation => !operation.NeedsObject), sent);
    }

    [Fact]
    public async Task Every_path_is_described_and_every_description_is_whole()
    {
        await using var server = await GatewayServer.Start();
        using var bank = server.Api();
        var document = (await bank.Get("/openapi.json")).Is(HttpStatusCode.OK).Json;
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}")).Order().ToList();
        var mapped = ((EndpointDataSource)server.Services.GetService(typeof(EndpointDataSource))!).Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => !NotOurs.Any(prefix => endpoint.RoutePattern.RawText!.StartsWith(prefix, StringComparison.Ordinal)))
            .SelectMany(static endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}") ?? []).Order().ToList();
        Assert.Equal(mapped, described);
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(static path => path.Value.EnumerateObject()).Select(static operation => operation.Value))
        {
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.True(operation.GetProperty("responses").TryGetProperty("500", out _));
            var secured = operation.GetProperty("security").GetArrayLength() > 0;
            Assert.Equal(secured, operation.GetProperty("responses").TryGetProperty("401", out _));
        }

        foreach (var reference in References(document))
            Assert.True(document.GetProperty("components").GetProperty("schemas").TryGetProperty(reference.Split('/')[^1], out _), reference);
    }

    [Fact]
    public async Task The_docs_page_is_served_from_the_product()
    {
        await using var server = await GatewayServer.Start();
        using var anyone = server.Api(key: null);
        var page = (await anyone.Get("/docs/index.html")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain("https://", page.Text);
        (await anyone.Get("/docs")).Is(HttpStatusCode.OK);
        Assert.True((await anyone.Get("/docs/swagger-ui-bundle.js")).Is(HttpStatusCode.OK).Bytes.Length > 100_000);
        Assert.Contains("/openapi.json", (await anyone.Get("/docs/index.js")).Is(HttpStatusCode.OK).Text);
    }

    /// <summary>Pages for people, and Stripe's wire, which Stripe's own document describes.</summary>
    private static readonly string[] NotOurs = ["/console", "/checkout", "/v1", "/demo", "/acquirers"];

    private static async Task Send(Api bank, ApiOperation operation, JsonElement described)
    {
        var path = operation.Path;
        var query = new List<string>();
        string? key = null;
        foreach (var parameter in described.GetProperty("parameters").EnumerateArray())
        {
            if (!parameter.TryGetProperty("example", out var example))
                continue;
            var (name, text) = (parameter.GetProperty("name").GetString()!, example.ToString());
            switch (parameter.GetProperty("in").GetString())
            {
                case "path": path = path.Replace($"{{{name}}}", text); break;
                case "query": query.Add($"{name}={Uri.EscapeDataString(text)}"); break;
                case "header": key = text; break;
                default: Assert.Fail("Where is it?"); break;
            }
        }

        if (query.Count > 0)
            path += "?" + string.Join("&", query);
        var success = described.GetProperty("responses").EnumerateObject().Single(response => response.Name == operation.Status.ToString());
        if (success.Value.GetProperty("content").EnumerateObject().Single().Name == "text/event-stream")
        {
            using var response = await bank.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(operation.Status, (int)response.StatusCode);
            return;
        }

        var bodies = described.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content").EnumerateObject().Select(static content => (Type: (string?)content.Name, Body: (string?)(content.Value.GetProperty("example") is { ValueKind: JsonValueKind.String } text ? text.GetString() : content.Value.GetProperty("example").GetRawText()))).ToList()
            : [(null, null)];
        foreach (var (type, text) in bodies)
        {
            var answer = await bank.Send(new HttpMethod(operation.Method), path, text, key, type ?? "application/json");
            Assert.True(operation.Status == (int)answer.Status, $"{operation.Method} {path}: {(int)answer.Status} {answer.Text}");
            if (operation.Id is "submitPayment")
                Assert.Equal("settled", answer["status"]);
        }
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static property => property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
