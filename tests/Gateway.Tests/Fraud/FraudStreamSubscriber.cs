using System.Net.Http.Headers;
using Grains.Interfaces.Fraud.Client;

namespace Gateway.Tests.Fraud;

/// <summary>A subscriber of the fraud stream that gathers what comes, by the product's own client.</summary>
internal sealed class FraudStreamSubscriber : IDisposable
{
    private readonly HttpClient http;
    private readonly CancellationTokenSource end = new();
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<FraudEvent> events = [];
    private readonly Task reading;
    private (int Count, TaskCompletionSource Reached)? awaited;

    /// <param name="breakEvery">The connection breaks each time after so many bytes; 0 for never.</param>
    /// <param name="pause">After the first event it reads nothing until this ends.</param>
    public FraudStreamSubscriber(Uri url, FraudStreamQuery query, string? after = null, int breakEvery = 0, Task? pause = null)
    {
        HttpMessageHandler handler = new SocketsHttpHandler();
        http = new HttpClient(breakEvery == 0 ? handler : new BreakingConnection(handler, breakEvery)) { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Keys.Analyst);
        reading = Read(query, after, pause ?? Task.CompletedTask);
    }

    /// <summary>How often it was connected.</summary>
    public int Connections { get; private set; }

    /// <summary>How often it was told that it is too slow.</summary>
    public int TooSlow { get; private set; }

    public Task Connected => Unless(connected.Task);

    public Task Told => Unless(told.Task);

    /// <summary>All that came, once there are so many.</summary>
    public async Task<FraudEvent[]> Events(int count)
    {
        Task reached;
        lock (events)
        {
            if (events.Count >= count)
                return [.. events];
            awaited = (count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            reached = awaited.Value.Reached.Task;
        }

        try
        {
            await Unless(reached);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{events.Count} of {count} events came.", exception);
        }

        lock (events)
            return [.. events];
    }

    public void Dispose()
    {
        end.Cancel();
        end.Dispose();
        http.Dispose();
    }

    // What ends the reading ends the waiting.
    private async Task Unless(Task task) => await await Task.WhenAny(task, reading).WaitAsync(TimeSpan.FromMinutes(2));

    private async Task Read(FraudStreamQuery query, string? after, Task pause)
    {
        var client = new FraudStreamClient(http, new HurriedTime()) { StateChanged = Heard };
        await foreach (var fraudEvent in client.Read(query, after, end.Token))
        {
            lock (events)
            {
                events.Add(fraudEvent);
                if (awaited is { } waiting && events.Count >= waiting.Count)
                    waiting.Reached.TrySetResult();
            }

            await pause;
        }
    }

    private void Heard(FraudStreamState state)
    {
        switch (state)
        {
            case FraudStreamState.Connected:
                Connections++;
                connected.TrySetResult();
                break;
            case FraudStreamState.TooSlow:
                TooSlow++;
                told.TrySetResult();
                break;
            case FraudStreamState.Broken or FraudStreamState.Unreachable:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(state));
        }
    }

    /// <summary>Waits a hundredth of what it is told.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }

    private sealed class BreakingConnection(HttpMessageHandler inner, int breakEvery) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var body = new StreamContent(new BreakingStream(await response.Content.ReadAsStreamAsync(cancellationToken), breakEvery));
            response.Content = body;
            return response;
        }
    }

    private sealed class BreakingStream(Stream inner, int left) : Stream
    {
        private int left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0)
                throw new IOException("The connection broke.");
            var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, left)], cancellationToken);
            left -= read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
