using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Events;

/// <summary>Reads a stream of server-sent events, frame by frame.</summary>
internal sealed class SseReader : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private SseReader(HttpResponseMessage response, Stream stream) => (this.response, reader) = (response, new StreamReader(stream));

    public static async Task<SseReader> Open(Api api, string query = "", string? lastEventId = null, string path = "/events/stream")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + query);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        return new SseReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The lines of the next frame; null where the stream has ended.</summary>
    public async Task<string[]?> Frame(int timeoutSeconds = 120)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(timeoutSeconds));
            if (line is null)
                return null;
            if (line.Length == 0)
                return [.. lines];
            lines.Add(line);
        }
    }

    /// <summary>The next event, past comments and settings.</summary>
    public async Task<(string Id, JsonElement Event)> Event()
    {
        while (await Frame() is { } frame)
            if (frame.Length == 2 && frame[0].StartsWith("id: ", StringComparison.Ordinal))
                return (frame[0][4..], JsonDocument.Parse(frame[1]["data: ".Length..]).RootElement);
        throw new EndOfStreamException("The stream ended before the event came.");
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
    }
}
