using System.Diagnostics;
using System.Net;
using System.Text;

namespace Bench.Http;

/// <summary>Requests for a load, made before they are needed or filled in place.</summary>
internal interface IRequests
{
    /// <summary>How many payments one request makes.</summary>
    int PaymentsARequest { get; }

    /// <summary>The next request for a connection; nothing when there are no more. Valid until the connection asks again.</summary>
    ReadOnlyMemory<byte> Next(int connection);

    /// <summary>Whether this is the answer that a measured request must get.</summary>
    bool IsRight(in Answer answer);
}

/// <summary>What a load did.</summary>
/// <param name="OwnCpu">CPU time of the generator itself, to be taken off the process's.</param>
/// <param name="LatenciesMs">From when a request was due to its whole answer; kept only where the rate is given.</param>
internal sealed record LoadResult(long Payments, TimeSpan Elapsed, TimeSpan OwnCpu, IReadOnlyList<double> LatenciesMs);

/// <summary>
/// A lean load generator: one thread, raw sockets, keep-alive, no pipelining, the same for every server. Without a rate each
/// connection sends its next request as soon as it is answered (closed loop). With one, requests are due at random times of
/// that rate whatever the server does, and wait for a free connection at the expense of their latency (open loop), so that a
/// slow answer hides nothing.
/// </summary>
internal sealed class HttpLoad : IDisposable
{
    private readonly LoadConnection[] connections;
    private readonly LibC.PollDescriptor[] polled;
    private readonly Queue<long> waiting = new();
    private readonly Queue<int> free = new();
    private readonly Random random = new(11);

    public HttpLoad(IPEndPoint server, int connectionCount)
    {
        connections = new LoadConnection[connectionCount];
        for (var i = 0; i < connectionCount; i++)
            connections[i] = new LoadConnection(server);
        polled = new LibC.PollDescriptor[connectionCount];
    }

    /// <param name="ratePerSecond">Null for a closed loop.</param>
    public Task<LoadResult> Run(IRequests requests, TimeSpan time, double? ratePerSecond, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => RunHere(requests, time, ratePerSecond, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        foreach (var connection in connections)
            connection.Dispose();
    }

    private LoadResult RunHere(IRequests requests, TimeSpan time, double? ratePerSecond, CancellationToken cancellationToken)
    {
        LibC.WakeOnTime();
        var latencies = new List<double>();
        var cpu = CpuTime.OfThisThread();
        var started = Stopwatch.GetTimestamp();
        var end = started + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var due = started;
        var busy = 0;
        long answered = 0;
        free.Clear();
        for (var i = 0; i < connections.Length; i++)
        {
            if (ratePerSecond is not null || !TrySend(requests, i, started))
                free.Enqueue(i);
            else
                busy++;
        }

        while (busy > 0 || (ratePerSecond is not null && due < end))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = Stopwatch.GetTimestamp();
            if (ratePerSecond is { } rate)
            {
                for (; due <= now && due < end; due += Gap(rate))
                    waiting.Enqueue(due);
                for (; free.Count > 0 && waiting.Count > 0; busy++)
                    TrySend(requests, free.Dequeue(), waiting.Dequeue());
            }

            var wait = ratePerSecond is not null && due < end ? Stopwatch.GetElapsedTime(now, Math.Max(now, due)) : TimeSpan.FromSeconds(1);
            answered += Exchange(requests, wait, ratePerSecond is null ? end : null, latencies, ref busy);
        }

        return new LoadResult(answered * requests.PaymentsARequest, Stopwatch.GetElapsedTime(started), CpuTime.OfThisThread() - cpu, latencies);
    }

    // Waits for sockets, and moves what they are ready for. Closed loop: sends on until the end.
    private int Exchange(IRequests requests, TimeSpan wait, long? closedLoopEnd, List<double> latencies, ref int busy)
    {
        for (var i = 0; i < connections.Length; i++)
            polled[i] = new LibC.PollDescriptor { Socket = connections[i].IsBusy ? connections[i].Handle : -1, Events = connections[i].Events };
        var answered = 0;
        for (int i = 0, ready = LibC.Poll(polled, wait); i < polled.Length && ready > 0; i++)
        {
            if (polled[i].Happened == 0)
                continue;
            ready--;
            var connection = connections[i];
            connection.Continue();
            if (!connection.Receive(out var answer))
                continue;
            if (!requests.IsRight(answer))
                throw new InvalidOperationException($"A request was answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body[..Math.Min(answer.Body.Length, 2_000)])}");
            answered++;
            var now = Stopwatch.GetTimestamp();
            if (closedLoopEnd is null)
                latencies.Add(Stopwatch.GetElapsedTime(connection.DueAt, now).TotalMilliseconds);
            else if (now < closedLoopEnd && TrySend(requests, i, now))
                continue;
            busy--;
            free.Enqueue(i);
        }

        return answered;
    }

    private bool TrySend(IRequests requests, int connection, long due)
    {
        var request = requests.Next(connection);
        if (request.IsEmpty)
            return false;
        connections[connection].Send(request, due);
        return true;
    }

    // Independent callers: exponential gaps.
    private long Gap(double ratePerSecond) => (long)(-Math.Log(1 - random.NextDouble()) / ratePerSecond * Stopwatch.Frequency);
}
