using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Silo.Embedded.Commands;

/// <summary>
/// The server's events as they happen. Where the connection breaks it comes back with its cursor, so that nothing is lost or told
/// twice.
/// </summary>
internal sealed class EventFeed(ServerConnection server, string query, Action<bool> connected)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    public async IAsyncEnumerable<(string Cursor, JsonElement Envelope)> Read(string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = after;
        var wasConnected = false;
        for (var delay = TimeSpan.FromMilliseconds(250); ; delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay)
        {
            using var response = await Connect(cursor, wasConnected, cancellationToken);
            if (response is not null)
            {
                wasConnected = true;
                delay = TimeSpan.FromMilliseconds(250);
                connected(true);
                await using var items = Items(response, cancellationToken).GetAsyncEnumerator(cancellationToken);
                while (await Next(items) is { } item)
                {
                    cursor = item.EventId ?? cursor;
                    yield return (cursor ?? "", JsonDocument.Parse(item.Data).RootElement);
                }

                connected(false);
            }

            await Task.Delay(delay, cancellationToken);
        }
    }

    // Null while nothing answers; the first time, that is the caller's mistake and not a moment to wait for.
    private async Task<HttpResponseMessage?> Connect(string? cursor, bool wasConnected, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/stream" + query);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (cursor is not null)
            request.Headers.Add("Last-Event-ID", cursor);
        try
        {
            return await server.Open(request, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            return wasConnected ? null : throw server.Unreachable(exception);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> Items(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            yield return item;
    }

    // Null at the stream's end, however it ends.
    private static async Task<SseItem<string>?> Next(IAsyncEnumerator<SseItem<string>> items)
    {
        try
        {
            return await items.MoveNextAsync() ? items.Current : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
