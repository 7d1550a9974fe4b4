using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests;

/// <summary>A caller with a key.</summary>
public sealed class Api : IDisposable
{
    private readonly HttpClient client;

    public Api(Uri url, string? key, int maxConnections)
    {
        client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = maxConnections }) { BaseAddress = url, Timeout = TimeSpan.FromMinutes(3) };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http => client;

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Answer> Post(string path, string? json = null, string? key = null) => Send(HttpMethod.Post, path, json, key);

    public Task<Answer> Put(string path, string json, string? key = null) => Send(HttpMethod.Put, path, json, key);

    public Task<Answer> Send(HttpMethod method, string path, string? body = null, string? key = null, string contentType = "application/json") =>
        Send(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), key, contentType);

    public async Task<Answer> Send(HttpMethod method, string path, byte[]? body, string? key = null, string? contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer(response.StatusCode, bytes, headers);
    }

    public void Dispose() => client.Dispose();
}

/// <summary>An answer, whole.</summary>
public sealed record Answer(HttpStatusCode Status, byte[] Bytes, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    public bool IsReplay => Headers.ContainsKey("Idempotent-Replayed");

    public string this[string property] => Json.GetProperty(property).ToString();

    public Answer Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)status} was expected, but it is {(int)Status}: {Text}");
        return this;
    }

    /// <summary>A problem of this status and code, in every form that API.md asks for.</summary>
    public Answer IsProblem(int status, string code)
    {
        Is((HttpStatusCode)status);
        Assert.Equal("application/problem+json", Headers["Content-Type"]);
        Assert.Equal(code, this["code"]);
        Assert.Equal("/problems/" + code, this["type"]);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(this["title"]);
        Assert.NotEmpty(this["detail"]);
        Assert.Equal(Headers["Request-Id"], this["traceId"]);
        return this;
    }

    /// <summary>The refused fields, by name.</summary>
    public string[] Fields => [.. Json.GetProperty("errors").EnumerateObject().Select(static refused => refused.Name)];
}
