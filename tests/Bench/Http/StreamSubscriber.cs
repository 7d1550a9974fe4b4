using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;

namespace Bench.Http;

/// <summary>A subscriber of the fraud stream that looks at each event's position and nothing else, and makes no garbage.</summary>
internal sealed class StreamSubscriber : IAsyncDisposable
{
    private readonly HttpClient http;
    private readonly Stream stream;
    private readonly CancellationTokenSource end = new();
    private readonly Task reading;
    private long position = -1;
    private long events;

    private StreamSubscriber(HttpClient http, Stream stream)
    {
        (this.http, this.stream) = (http, stream);
        reading = Read();
    }

    public static async Task<StreamSubscriber> Open(IPEndPoint server, CancellationToken cancellationToken)
    {
        var http = new HttpClient { BaseAddress = new Uri($"http://{server}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", HttpHost.AnalystKey);
        var response = await http.GetAsync("/fraud/stream", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        return new StreamSubscriber(http, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Ends once so many events came.</summary>
    public async Task Seen(long count, CancellationToken cancellationToken)
    {
        for (var waited = 0; Interlocked.Read(ref events) < count; waited++)
        {
            if (reading.IsCompleted)
                await reading;
            if (waited > 1_000)
                throw new InvalidOperationException($"A subscriber has {events} of {count} events.");
            await Task.Delay(10, cancellationToken);
        }

        if (events != count)
            throw new InvalidOperationException($"A subscriber has {events} events of {count}.");
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await Task.WhenAny(reading);
        await stream.DisposeAsync();
        http.Dispose();
        end.Dispose();
    }

    private async Task Read()
    {
        var buffer = new byte[256 * 1024];
        var kept = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(kept), end.Token);
            if (read == 0)
                throw new InvalidOperationException("A subscriber's stream ended.");
            kept += read;
            var taken = Take(buffer.AsSpan(0, kept));
            buffer.AsSpan(taken, kept - taken).CopyTo(buffer);
            kept -= taken;
        }
    }

    // Whole lines; returns how many bytes they are.
    private int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (bytes[taken..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            var line = bytes.Slice(taken, length);
            taken += length + 1;
            if (!line.StartsWith("id: "u8))
                continue;
            if (!Utf8Parser.TryParse(line[4..], out long next, out _) || (position >= 0 && next != position + 1))
                throw new InvalidOperationException($"A subscriber has {next} after {position}.");
            position = next;
            Interlocked.Increment(ref events);
        }

        return taken;
    }
}
