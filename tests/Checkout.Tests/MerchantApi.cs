using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Checkout.Tests;

/// <summary>The wire without an SDK, for tests that send what no SDK would.</summary>
internal sealed class MerchantApi : IDisposable
{
    private readonly HttpClient client;

    public MerchantApi(string url, string key = "sk_test_sandbox_merchant")
    {
        client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 256 }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string Url => client.BaseAddress!.ToString();

    public async Task<WireReply> Post(string path, string form, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await Send(request);
    }

    public async Task<WireReply> Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await Send(request);
    }

    public async Task<WireReply> Delete(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        return await Send(request);
    }

    /// <summary>A path of our own surface.</summary>
    public async Task<WireReply> PostJson(string path, string json, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await Send(request);
    }

    public void Dispose() => client.Dispose();

    private async Task<WireReply> Send(HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request);
        return new WireReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Headers.Contains("Idempotent-Replayed"));
    }
}

internal sealed record WireReply(int Status, byte[] Body, bool IsReplay)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string this[string name] => Json.GetProperty(name).ToString();

    public WireReply Ok()
    {
        Assert.True(Status == 200, $"{Status}: {Text}");
        return this;
    }
}
