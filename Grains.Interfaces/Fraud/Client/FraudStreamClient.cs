using System.Net;
using System.Runtime.CompilerServices;

namespace Grains.Interfaces.Fraud.Client;

/// <summary>
/// Reads <c>/fraud/stream</c> for as long as its caller goes on. Where the connection breaks it comes back with the cursor of the last
/// event, after a wait that doubles while nobody answers; an event whose position was seen before is left out. So each event comes
/// once, and those of a shard in the order of their positions. Who keeps <see cref="FraudEvent.Cursor"/> of the last event that it
/// finished can go on there after a restart.
/// </summary>
/// <param name="http">With the server's address and, as its authorization, an analyst's key.</param>
public sealed class FraudStreamClient(HttpClient http, TimeProvider timeProvider)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    // Four signs of life.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>Hears how the connection stands, each time that it changes.</summary>
    public Action<FraudStreamState>? StateChanged { get; init; }

    /// <summary>The wait before coming back, until the server says another one.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The events after a cursor.</summary>
    /// <param name="after">The cursor of an earlier event; <c>0</c> is the beginning, null is now.</param>
    /// <exception cref="FraudStreamRefusedException">The server refuses, and would again.</exception>
    /// <exception cref="InvalidDataException">What answers is not the fraud stream.</exception>
    public async IAsyncEnumerable<FraudEvent> Read(FraudStreamQuery query, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (cursor, retry, failures) = (after, Retry, 0);
        var seen = new Dictionary<string, long>();
        while (true)
        {
            using var response = await Open(query.Path(), cursor, cancellationToken);
            if (response is not null)
            {
                StateChanged?.Invoke(FraudStreamState.Connected);
                cursor ??= response.Headers.TryGetValues("Stream-Cursor", out var start) ? start.First() : null;
                using var frames = new FraudStreamFrames(await response.Content.ReadAsStreamAsync(cancellationToken), Silence);
                var end = FraudStreamState.Broken;
                while (await Next(frames, cancellationToken) is { } frame)
                {
                    failures = 0;
                    retry = frame.RetryMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : retry;
                    end = frame.Comment == "too slow" ? FraudStreamState.TooSlow : end;
                    if (frame is not { Id: { } id, Data: { } data })
                        continue;
                    cursor = id;
                    var next = FraudEvent.Parse(id, data);
                    if (next.Position <= seen.GetValueOrDefault(next.Source))
                        continue;
                    seen[next.Source] = next.Position;
                    yield return next;
                }

                StateChanged?.Invoke(end);
            }

            await Task.Delay(Wait(retry, failures++), timeProvider, cancellationToken);
        }
    }

    // Not all readers come back at once.
    private static TimeSpan Wait(TimeSpan retry, int failures)
    {
        var most = Math.Min(MaxDelay.Ticks, retry.Ticks << Math.Min(failures, 10));
        return new TimeSpan(most / 2 + Random.Shared.NextInt64(most / 2 + 1));
    }

    private async Task<HttpResponseMessage?> Open(string path, string? cursor, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (cursor is not null)
            request.Headers.Add("Last-Event-ID", cursor);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
            {
                if (response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests)
                    throw new FraudStreamRefusedException((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            StateChanged?.Invoke(FraudStreamState.Unreachable);
            return null;
        }

        StateChanged?.Invoke(FraudStreamState.Unreachable);
        return null;
    }

    // Null at the stream's end, however it ends.
    private static async Task<FraudStreamFrame?> Next(FraudStreamFrames frames, CancellationToken cancellationToken)
    {
        try
        {
            return await frames.Next(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return null;
        }
    }
}
