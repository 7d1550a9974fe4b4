using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Grains.Interfaces;

namespace Grains.Webhooks;

/// <summary>
/// Sends deliveries over HTTP. Connects to no private address unless it may, and looks at the address that it connects to, not at
/// the name, so that a name that changes its mind in between changes nothing. Follows no redirect.
/// </summary>
public sealed class WebhookSender : IWebhookSender, IDisposable
{
    private const int MaxDetail = 300;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>A connection is made for whoever comes next, too: only this ends one that nothing answers.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient client;
    private readonly TimeProvider machine;
    private readonly TimeSpan timeout;

    /// <param name="mayReachPrivate">The sandbox's receivers are on this machine.</param>
    /// <param name="timeout">For the whole of an answer, its body included; null for ten seconds.</param>
    public WebhookSender(bool mayReachPrivate, TimeProvider machine, TimeSpan? timeout = null)
    {
        this.machine = machine;
        this.timeout = timeout ?? Timeout;
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            // The trace's place is a header of ours; nothing else of what callers sent us goes on to receivers.
            ActivityHeadersPropagator = null,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = (context, end) => Connect(context.DnsEndPoint, mayReachPrivate, end),
        })
        {
            // Its own ends with the headers.
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Payments/1.0");
    }

    public async Task<WebhookAnswer> Send(WebhookMessage message)
    {
        var started = machine.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, message.Url) { Content = new ByteArrayContent(message.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        var headers = message.Headers();
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (JourneyTrace.Here is { } here)
            request.Headers.Add("traceparent", here);
        var signature = string.Join('\n', headers.Select(static header => $"{header.Key}: {header.Value}"));
        using var end = new CancellationTokenSource(timeout, machine);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            var detail = response.IsSuccessStatusCode ? null : await Start(response.Content, end.Token);
            return new WebhookAnswer((int)response.StatusCode, Took(started), RetryAfter(response.Headers), detail, signature);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            return new WebhookAnswer(0, Took(started), null, exception is OperationCanceledException ? "There was no answer in time." : exception.Message, signature);
        }
    }

    public void Dispose() => client.Dispose();

    private static async ValueTask<Stream> Connect(DnsEndPoint endPoint, bool mayReachPrivate, CancellationToken end)
    {
        var addresses = await Dns.GetHostAddressesAsync(endPoint.Host, end);
        SocketException? last = null;
        foreach (var address in addresses)
        {
            if (!mayReachPrivate && PrivateAddress.Is(address))
                continue;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, endPoint.Port), end);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException refused) when (!end.IsCancellationRequested)
            {
                // Another of its addresses may answer.
                socket.Dispose();
                last = refused;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        if (last is not null)
            throw last;
        throw new HttpRequestException($"'{endPoint.Host}' has no public address.");
    }

    // The status is the answer: a body that does not come, or never ends, takes nothing from it.
    private static async Task<string?> Start(HttpContent content, CancellationToken end)
    {
        var buffer = new byte[MaxDetail];
        var length = 0;
        try
        {
            await using var body = await content.ReadAsStreamAsync(end);
            int read;
            while (length < MaxDetail && (read = await body.ReadAsync(buffer.AsMemory(length), end)) > 0)
                length += read;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            if (length == 0)
                return "The body of the answer did not come.";
        }

        return System.Text.Encoding.UTF8.GetString(buffer.AsSpan(0, length));
    }

    // A time of day is of the receiver's clock, so what it says of now counts, where it does.
    private long? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => (long)delta.TotalMilliseconds,
        { Date: { } at } => (long)Math.Max(0, (at - (headers.Date ?? machine.GetUtcNow())).TotalMilliseconds),
        _ => null,
    };

    private long Took(long started) => (long)machine.GetElapsedTime(started).TotalMilliseconds;
}
