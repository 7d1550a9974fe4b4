using System.Collections.Concurrent;
using Grains.Interfaces;
using Ledger;
using Microsoft.Extensions.Logging;

namespace Grains.Due;

/// <summary>
/// Hands due work of a shard to its grains, at least once: reads the ledger's due items on the product's time, and calls the grain of
/// each. It remembers nothing that matters: an item is done when the grain's commit has struck it off, and comes again until then.
/// Work that fails rests for a while and keeps nobody else waiting.
/// </summary>
public sealed class DueSweeper : IAsyncDisposable
{
    private readonly ILedgerReader reader;
    private readonly IGrains grains;
    private readonly ProductClock clock;
    private readonly DueSweeperOptions options;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<string, Func<string, IDueWork>> kinds = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly HashSet<DueItem> inFlight = [];
    private readonly Dictionary<DueItem, Rest> resting = [];
    private readonly Dictionary<(string Grain, string Kind), int> held = [];
    private readonly SemaphoreSlim slots;
    private readonly CancellationTokenSource stop = new();
    private TaskCompletionSource wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? running;
    private bool passedOver;
    private long progress;

    /// <param name="clock">The product's time; its timers measure the machine's.</param>
    public DueSweeper(ILedgerReader reader, IGrains grains, ProductClock clock, DueSweeperOptions options, ILogger<DueSweeper> logger)
    {
        (this.reader, this.grains, this.clock, this.logger) = (reader, grains, clock, logger);
        this.options = options.Validated();
        slots = new SemaphoreSlim(options.MaxInFlight);
    }

    /// <summary>How long ago it last read what is due, or handed something over; zero where it does not run.</summary>
    public TimeSpan SinceProgress => running is null ? TimeSpan.Zero : clock.GetElapsedTime(Volatile.Read(ref progress));

    /// <summary>Work of this kind goes to grains of this contract, by the item's grain key.</summary>
    public void Register<TGrain>(string kind)
        where TGrain : class, IDueWork
    {
        if (!kinds.TryAdd(kind, key => grains.Get<TGrain>(key)))
            throw new InvalidOperationException($"Due work of kind '{kind}' has a grain contract already.");
    }

    public void Start()
    {
        clock.Advanced += Wake;
        Progress();
        running ??= Run();
    }

    /// <summary>Hands over no more, and waits for the calls that are under way, unless cancelled.</summary>
    public async Task Stop(CancellationToken cancellationToken)
    {
        clock.Advanced -= Wake;
        await stop.CancelAsync();
        if (running is not null)
            await running.WaitAsync(cancellationToken);
        // Whoever holds every place knows that nobody else has one.
        for (var place = 0; running is not null && place < options.MaxInFlight; place++)
            await slots.WaitAsync(cancellationToken);
        running = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop(CancellationToken.None);
        stop.Dispose();
        slots.Dispose();
    }

    /// <summary>Looks now and not at the next interval: time was moved, or work was written that is due at once.</summary>
    public void Wake()
    {
        lock (gate)
            wake.TrySetResult();
    }

    private async Task Run()
    {
        while (!stop.IsCancellationRequested)
        {
            Task woken;
            lock (gate)
            {
                if (wake.Task.IsCompleted)
                    wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                woken = wake.Task;
            }

            try
            {
                await Sweep();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                DueSweeperLog.SweepFailed(logger, exception);
            }

            using var tick = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            await Task.WhenAny(woken, Task.Delay(options.SweepEvery, clock, tick.Token));
            await tick.CancelAsync();
        }
    }

    // All that is due, page by page: what rests, or is under way, is passed over and keeps nobody behind it waiting.
    private async Task Sweep()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        HashSet<DueItem> unseen;
        lock (gate)
            unseen = [.. resting.Keys];
        DueItem? last = null;
        while (true)
        {
            var page = await reader.Due(now, options.PageSize, last);
            Progress();
            foreach (var item in page)
            {
                if (!IsToBeCalled(item, unseen))
                    continue;
                await slots.WaitAsync(stop.Token);
                Progress();
                _ = HandOver(item);
            }

            if (page.Count < options.PageSize)
                break;
            last = page[^1];
        }

        // What rested and is not there any more was struck off after all.
        lock (gate)
            foreach (var gone in unseen)
                resting.Remove(gone);
    }

    private void Progress() => Volatile.Write(ref progress, clock.GetTimestamp());

    private bool IsToBeCalled(DueItem item, HashSet<DueItem> unseen)
    {
        unseen.Remove(item);
        lock (gate)
        {
            if (inFlight.Contains(item) || (resting.TryGetValue(item, out var rest) && clock.GetElapsedTime(rest.Since) < rest.Length))
                return false;
            var count = held.GetValueOrDefault((item.Grain, item.Kind));
            if (count >= options.MaxInFlightPerGrain)
            {
                passedOver = true;
                return false;
            }

            held[(item.Grain, item.Kind)] = count + 1;
            inFlight.Add(item);
            return true;
        }
    }

    /// <summary>One call, in a place that it gives back. Whatever happens, the item is in the ledger until a commit strikes it off.</summary>
    private async Task HandOver(DueItem item)
    {
        var done = false;
        Exception? failure = null;
        try
        {
            if (kinds.TryGetValue(item.Kind, out var find))
                done = await find(item.Grain).DoDue(new DueCall(item.Kind, item.Id, item.AtMs)).WaitAsync(options.CallTimeout, clock) == DueOutcome.Done;
            else
                DueSweeperLog.KindUnknown(logger, item.Kind, item.Id);
        }
        catch (GrainHostStopping)
        {
            // The process goes down; whoever starts on this ledger hands it over.
            await stop.CancelAsync();
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        var times = Ended(item, done);
        if (failure is not null)
            DueSweeperLog.CallFailed(logger, item.Kind, item.Id, times, failure);
        slots.Release();
    }

    private int Ended(DueItem item, bool done)
    {
        lock (gate)
        {
            inFlight.Remove(item);
            Release(item);
            resting.Remove(item, out var before);
            if (done)
                return 0;
            var length = before.Times == 0 ? options.FirstRest : before.Length * 2;
            resting[item] = new Rest(before.Times + 1, clock.GetTimestamp(), length < options.LongestRest ? length : options.LongestRest);
            return before.Times + 1;
        }
    }

    // Several places at once, where some were waited for: a look at all that is due for each of them would cost too much.
    private void Release(DueItem item)
    {
        var left = held[(item.Grain, item.Kind)] - 1;
        if (left == 0)
            held.Remove((item.Grain, item.Kind));
        else
            held[(item.Grain, item.Kind)] = left;
        if (!passedOver || left > options.MaxInFlightPerGrain / 2)
            return;
        passedOver = false;
        wake.TrySetResult();
    }

    /// <summary>How often an item was handed over in vain, and until when it is left alone.</summary>
    private readonly record struct Rest(int Times, long Since, TimeSpan Length);
}
