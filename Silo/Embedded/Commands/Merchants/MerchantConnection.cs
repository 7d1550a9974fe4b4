using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Silo.Embedded.Commands.Merchants;

/// <summary>A running server's <c>/v1</c>, as a merchant's backend sees it.</summary>
internal sealed class MerchantConnection : IDisposable
{
    private const string SandboxMerchantKey = "sk_test_sandbox_merchant";

    public static readonly Option<string> Key = ServerConnection.KeyOption(SandboxMerchantKey, "the sandbox's merchant key");

    private readonly HttpClient client;
    private readonly ServerConnection errors;

    public MerchantConnection(ParseResult parsed)
    {
        var url = parsed.GetValue(ServerConnection.Url)!;
        var key = parsed.GetValue(Key)!;
        errors = new ServerConnection(url, key);
        client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Sends a form; an answer of 402 is one too.</summary>
    /// <exception cref="CommandFailedException">Refused, or nothing listens.</exception>
    public async Task<JsonElement> Send(HttpMethod method, string path, CancellationToken cancellationToken, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(method, path) { Content = form.Length == 0 ? null : new FormUrlEncodedContent(form.Select(static field => KeyValuePair.Create(field.Name, field.Value))) };
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            var body = document.RootElement.Clone();
            if ((int)response.StatusCode is 200 or 402)
                return body;
            throw new CommandFailedException(body.TryGetProperty("error", out var error) ? error.Text("message") ?? "Refused." : $"The server answers {(int)response.StatusCode}.", ExitCode.Finding);
        }
        catch (HttpRequestException exception)
        {
            throw errors.Unreachable(exception);
        }
    }

    public void Dispose()
    {
        client.Dispose();
        errors.Dispose();
    }
}
