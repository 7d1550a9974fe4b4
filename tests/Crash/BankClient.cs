using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Crash;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record Answer(HttpStatusCode Status, string Body, bool Replayed, string? Location, TimeSpan? RetryAfter)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }
}

/// <summary>A bank's client: a fixed number of connections, no retries of its own.</summary>
internal sealed class BankClient : IDisposable
{
    public const string BankKey = "sk_sandbox_bank";

    private readonly HttpClient http;

    public BankClient(Uri address, int connections = 32, string apiKey = BankKey)
    {
        http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(3) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public Task<Answer> Get(string path) => Send(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> Post(string path, string body, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return Send(request);
    }

    public async Task<JsonElement> Read(string path)
    {
        var answer = await Get(path);
        Assert.True(answer.Status == HttpStatusCode.OK, $"GET {path} was answered {answer.Status}: {answer.Body}");
        return answer.Json;
    }

    public Task<Answer> Delete(string path) => Send(new HttpRequestMessage(HttpMethod.Delete, path));

    public void Dispose() => http.Dispose();

    private async Task<Answer> Send(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            var replayed = response.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Single() == "true";
            return new Answer(response.StatusCode, body, replayed, response.Headers.Location?.OriginalString, response.Headers.RetryAfter?.Delta);
        }
    }
}
