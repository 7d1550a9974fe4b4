using System.Globalization;
using System.Security.Cryptography;
using System.Threading.Channels;
using Grains.Interfaces.Checkout;
using Ledger;
using Ledger.Sealing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Requests;

/// <summary>Where this process keeps the requests that it answered.</summary>
public sealed record RequestLogPlace(string Directory);

/// <summary>
/// The newest requests of the <c>/v1</c> surface with their answers, sealed, in a few files that take turns: what is older than they
/// hold is gone. Written behind the answer's back, not synced: the end of a process that is killed may be missing. Each process has
/// the requests that it answered.
/// </summary>
internal sealed partial class RequestLog : IAsyncDisposable
{
    private const int MaxQueued = 4_096;
    private const int MaxGathered = 256;
    private const int MaxSegments = 4;
    private const long SegmentBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    private readonly string directory;
    private readonly AesGcm cipher;
    private readonly RequestSealer sealer;
    private readonly ProductClock clock;
    private readonly ILogger<RequestLog> logger;
    private readonly Channel<Work> queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly Lock gate = new();
    private readonly List<RequestSegment> segments = [];
    private readonly Queue<RequestEntry> entries = [];
    private readonly Dictionary<string, RequestEntry> byId = [];
    private readonly Task writing;
    private long lastNumber;

    public RequestLog(RequestLogPlace place, MasterKey masterKey, ProductClock clock, ILogger<RequestLog> logger)
    {
        directory = Path.Combine(place.Directory, "requests");
        cipher = new AesGcm(masterKey.Derive("request log"), RequestSealer.TagSize);
        sealer = new RequestSealer(cipher);
        (this.clock, this.logger) = (clock, logger);
        writing = Task.Run(Write);
    }

    public RequestNote Begin(HttpContext context) => new(context, clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Takes a request that is about to be answered; waits only while thousands are unwritten.</summary>
    public ValueTask Add(RequestNote note, WireAnswer answer)
    {
        var (record, body) = note.ToRecord(answer);
        return queue.Writer.WriteAsync(new Work(record, body, null));
    }

    /// <summary>The request with its answer; null where there is none, any more.</summary>
    public async ValueTask<(RequestRecord Facts, byte[] Answer)?> Find(string id)
    {
        await Written();
        lock (gate)
            return byId.TryGetValue(id, out var entry) ? entry.Segment.Open(entry.Offset, entry.Length) : null;
    }

    /// <summary>Requests that a filter takes, newest first, below a number (0: from the newest).</summary>
    public async ValueTask<IReadOnlyList<RequestEntry>> List(Func<RequestRecord, bool> takes, long before, int limit)
    {
        await Written();
        RequestEntry[] all;
        lock (gate)
            all = [.. entries];
        var found = new List<RequestEntry>();
        for (var i = all.Length - 1; i >= 0 && found.Count < limit; i--)
            if ((before == 0 || all[i].Number < before) && takes(all[i].Facts))
                found.Add(all[i]);
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writing;
        foreach (var segment in segments)
            segment.Dispose();
        sealer.Dispose();
        cipher.Dispose();
    }

    // A request that is asked for right after its answer is there: whoever asks waits for what came before.
    private async ValueTask Written()
    {
        var barrier = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync(new Work(null, [], barrier));
        await barrier.Task;
    }

    private async Task Write()
    {
        try
        {
            Load();
        }
        catch (Exception exception)
        {
            NotKept(logger, exception);
        }

        var requests = new List<(RequestRecord, byte[])>();
        var barriers = new List<TaskCompletionSource>();
        while (await queue.Reader.WaitToReadAsync())
        {
            // Whoever reads waits for it; nobody else does, and many are written as quickly as one.
            await Task.Delay(Gathering);
            while (requests.Count < MaxGathered && queue.Reader.TryRead(out var work))
            {
                if (work.Record is not null)
                    requests.Add((work.Record, work.Answer));
                if (work.Barrier is not null)
                    barriers.Add(work.Barrier);
            }

            try
            {
                if (requests.Count > 0)
                    Keep(Current().Write(requests, sealer));
            }
            catch (Exception exception)
            {
                NotKept(logger, exception);
            }

            barriers.ForEach(static barrier => barrier.SetResult());
            requests.Clear();
            barriers.Clear();
        }
    }

    private void Load()
    {
        Directory.CreateDirectory(directory);
        foreach (var path in Directory.EnumerateFiles(directory, "*.log").Order(StringComparer.Ordinal))
        {
            var segment = new RequestSegment(path, cipher);
            segments.Add(segment);
            Keep(segment.Load());
        }
    }

    private RequestSegment Current()
    {
        if (segments.Count > 0 && segments[^1].Length < SegmentBytes)
            return segments[^1];
        var number = segments.Count == 0 ? 1 : 1 + int.Parse(Path.GetFileNameWithoutExtension(segments[^1].Path), CultureInfo.InvariantCulture);
        Directory.CreateDirectory(directory);
        var segment = new RequestSegment(Path.Combine(directory, number.ToString("00000000", CultureInfo.InvariantCulture) + ".log"), cipher);
        segments.Add(segment);
        if (segments.Count > MaxSegments)
            Drop(segments[0]);
        return segment;
    }

    private void Keep(IReadOnlyList<RequestEntry> written)
    {
        lock (gate)
        {
            foreach (var entry in written)
            {
                entry.Number = ++lastNumber;
                entries.Enqueue(entry);
                byId[entry.Facts.Id] = entry;
            }
        }
    }

    private void Drop(RequestSegment oldest)
    {
        lock (gate)
        {
            while (entries.TryPeek(out var entry) && entry.Segment == oldest)
                byId.Remove(entries.Dequeue().Facts.Id);
            segments.RemoveAt(0);
            oldest.Dispose();
        }

        File.Delete(oldest.Path);
    }

    private sealed record Work(RequestRecord? Record, byte[] Answer, TaskCompletionSource? Barrier);

    [LoggerMessage(1, LogLevel.Error, "The log of requests could not be written or read; a request is missing there.")]
    private static partial void NotKept(ILogger logger, Exception exception);
}
