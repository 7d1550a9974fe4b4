using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Silo.Embedded.Commands;

/// <summary>A running server, as a client with a key sees it.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const string KeyVariable = "PAYMENTS_KEY";
    private const string SandboxBankKey = "sk_sandbox_bank";

    public static readonly Option<Uri> Url = new("--url")
    {
        Description = "The running server.",
        DefaultValueFactory = static _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = static argument =>
        {
            if (Uri.TryCreate(argument.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                return url;
            argument.AddError($"--url: '{argument.Tokens[0].Value}' is not an address like http://127.0.0.1:8080.");
            return null;
        },
    };

    public static readonly Option<string> Key = KeyOption(SandboxBankKey, "the sandbox's bank key");

    private readonly HttpClient client;

    public ServerConnection(Uri url, string key, int connections = 8)
    {
        Address = url.GetLeftPart(UriPartial.Authority);
        client = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseProxy = false,
        })
        {
            BaseAddress = url,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string Address { get; }

    public static ServerConnection Of(ParseResult parsed, int connections = 8) => new(parsed.GetValue(Url)!, parsed.GetValue(Key)!, connections);

    /// <summary>The option <c>--key</c> of commands whose key is not a bank's by default.</summary>
    public static Option<string> KeyOption(string sandboxKey, string meaning) => new("--key")
    {
        Description = $"The API key; without it {KeyVariable} of the environment, without that {meaning}.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key : sandboxKey,
    };

    public Task<ServerAnswer> Get(string path, CancellationToken cancellationToken) =>
        Send(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    public Task<ServerAnswer> Post(string path, byte[] json, string idempotencyKey, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return Send(request, cancellationToken);
    }

    /// <summary>Opens an answer that is read while it grows.</summary>
    /// <exception cref="CommandFailedException">The server refuses.</exception>
    /// <exception cref="HttpRequestException">Nothing answers, or not now.</exception>
    public async Task<HttpResponseMessage> Open(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var refusal = (await Read(response, cancellationToken)).Refusal(Address);
            throw (int)response.StatusCode >= 500 ? new HttpRequestException(refusal.Message) : refusal;
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>What to tell somebody whose server does not answer.</summary>
    public CommandFailedException Unreachable(Exception exception) => new(
        IsRefused(exception)
            ? $"Nothing listens at {Address}. Start the server with ./run, or give its address with --url."
            : $"{Address} does not answer: {exception.GetBaseException().Message}",
        inner: exception);

    /// <summary>Whether the request certainly did not reach a server.</summary>
    public static bool IsRefused(Exception exception) => exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private async Task<ServerAnswer> Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return await Read(response, cancellationToken);
        }
    }

    private static async Task<ServerAnswer> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var replayed = response.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Contains("true");
        return new ServerAnswer((int)response.StatusCode, Parse(bytes), replayed, response.Headers.RetryAfter?.Delta);
    }

    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(new { detail = Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(200, bytes.Length))) });
        }
    }
}

/// <summary>An answer of the server: a resource, or a problem (RFC 9457).</summary>
internal sealed record ServerAnswer(int Status, JsonElement Body, bool Replayed, TimeSpan? RetryAfter)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether asking again with the same key is right: overloaded (503), or an outcome that nobody knows (504).</summary>
    public bool MayAskAgain => Status is 503 or 504;

    /// <summary>A problem as words for the person who asked.</summary>
    public CommandFailedException Refusal(string address) => Status switch
    {
        401 => new($"{address} refuses the key. Give one with --key or PAYMENTS_KEY; ./run keys list shows which there are."),
        403 => new($"The key may not do this: {Text("detail")}"),
        404 => new(Text("detail") is { Length: > 0 } detail ? detail : $"{address} has nothing there."),
        400 or 422 => new(Explain(), ExitCode.Usage),
        _ => new($"{address} answers {Status}: {Explain()}"),
    };

    private string Explain()
    {
        var text = new StringBuilder(Text("detail") is { Length: > 0 } detail ? detail : Text("title"));
        if (Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("errors", out var errors))
            foreach (var field in errors.EnumerateObject())
                text.Append($"{Environment.NewLine}  {field.Name}: {string.Join(" ", field.Value.EnumerateArray().Select(static why => why.GetString()))}");
        return text.ToString();
    }

    private string Text(string name) => Body.Text(name) ?? "";
}

internal static class JsonReading
{
    /// <summary>A field's text; null where the field is missing or null.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
