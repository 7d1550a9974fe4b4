using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Console.Tests;

/// <summary>The sandbox's merchant over the API.</summary>
internal sealed class MerchantClient : IDisposable
{
    private readonly HttpClient http;

    public MerchantClient(string url)
    {
        http = new HttpClient { BaseAddress = new Uri(url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_sandbox_merchant");
    }

    public void Dispose() => http.Dispose();

    /// <summary>The answer, also where it is an error, and its Request-Id.</summary>
    public async Task<(JsonNode Answer, string RequestId)> Post(string path, string form)
    {
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return (JsonNode.Parse(await answer.Content.ReadAsStringAsync())!, answer.Headers.GetValues("Request-Id").Single());
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!;
}
