using Orleans.Streams;
using Silo.Cluster.Streams;

namespace Cluster.Subscriber;

/// <summary>What a subscriber wants, and what it does with it.</summary>
/// <param name="Filter">What is handled; everything else is passed over. May throw, as <paramref name="Handle"/> may.</param>
/// <param name="Handle">May throw: it is tried again.</param>
/// <param name="Bury">Takes an event that could not be handled, and why; an event that came without data, too, if the filter takes it.</param>
public sealed record Subscription(Func<PaymentEvent, bool> Filter, Func<PaymentEvent, Task> Handle, Func<PaymentEvent, string, Task> Bury);

/// <summary>
/// Subscribes to all streams. The streams are the quick way, and may lose or repeat events; the log is the certain one. So what came before
/// is dropped by its position, and what did not come for a while is read from the log. One a client.
/// </summary>
public sealed class EventSubscriber(IClusterClient cluster, ResumeToken token, Subscription subscription) : IAsyncDisposable
{
    private const int Tries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stopping = new();
    private Task? looking;

    /// <summary>So often it looks whether something is missing.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Subscribes, and goes on from its token; a new one begins at the end of the log.</summary>
    public async Task Start()
    {
        if (token.IsNew)
            foreach (var (shard, end) in (await Log.Ends()).Index())
                token.Begin(shard, end);
        token.Save();
        await Subscribe();
        looking = Look();
    }

    /// <summary>Subscribes, where it is not subscribed, without looking at the log.</summary>
    public async Task Subscribe()
    {
        foreach (var stream in Streams)
            if ((await stream.GetAllSubscriptionHandles()).Count == 0)
                await stream.SubscribeAsync((one, _) => InTurn(() => See(one)), static _ => Task.CompletedTask);
    }

    /// <summary>Subscribes no more, and saves its token.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        try
        {
            if (looking is not null)
                await looking;
            foreach (var stream in Streams)
                foreach (var handle in await stream.GetAllSubscriptionHandles())
                    await handle.UnsubscribeAsync();
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // The silos forget a subscriber that is gone.
            await Console.Error.WriteLineAsync($"No silo heard that it subscribes no more: {exception.Message}");
        }
        finally
        {
            await InTurn(() => Task.Run(token.Save));
            stopping.Dispose();
            turn.Dispose();
        }
    }

    private IEnumerable<IAsyncStream<PaymentEvent>> Streams
    {
        get
        {
            var provider = cluster.GetStreamProvider(PaymentEvent.Namespace);
            return Enumerable.Range(0, PaymentEvent.Streams).Select(number => provider.GetStream<PaymentEvent>(PaymentEvent.Stream(number)));
        }
    }

    private IEventLogGrain Log => cluster.GetGrain<IEventLogGrain>(0);

    private async Task See(PaymentEvent one)
    {
        if (token.Has(one.Shard, one.Position) && !(one.IsRequeued && token.IsAside(one.Shard, one.Position)))
            return;
        var end = await Handle(one);
        // What came without data may come with it, whether or not the filter took it as it was.
        token.PutAside(one.Shard, one.Position, one.Data is null || end == End.Buried);
        token.Done(one.Shard, one.Position);
        if (end != End.PassedOver)
            token.Save();
    }

    private async Task<End> Handle(PaymentEvent one)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (!subscription.Filter(one))
                    return End.PassedOver;
                await (one.Data is null ? subscription.Bury(one, "It came without data.") : subscription.Handle(one));
                return one.Data is null ? End.Buried : End.Handled;
            }
            catch (Exception exception) when (tries < Tries)
            {
                await Console.Error.WriteLineAsync($"{one.Id}: {exception.Message}");
                await Task.Delay(Pause * tries);
            }
            catch (Exception exception)
            {
                await subscription.Bury(one, exception.Message);
                return End.Buried;
            }
        }
    }

    // Where a shard stands still though its log goes on, the streams lost something, or the subscriber was away.
    private async Task Look()
    {
        var seen = new Dictionary<int, long>();
        try
        {
            while (true)
            {
                await LookOnce(seen);
                await Task.Delay(LookEvery, stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task LookOnce(Dictionary<int, long> seen)
    {
        long[] ends = [];
        await OrLater(async () => ends = await Log.Ends());
        foreach (var (shard, end) in ends.Index())
            await OrLater(() => CatchUp(shard, end, seen));
    }

    // Whatever it is, of the silos or of an event that can neither be handled nor buried: the next look tries again.
    private async Task OrLater(Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"The log cannot be followed for now: {exception.Message}");
        }
    }

    private async Task CatchUp(int shard, long end, Dictionary<int, long> seen)
    {
        var before = seen.TryGetValue(shard, out var position) ? position : token.Position(shard);
        seen[shard] = token.Position(shard);
        if (before != seen[shard] || before >= end)
            return;
        for (var more = true; more && token.Position(shard) < end;)
            await InTurn(async () => more = await ReadPage(shard));
        // Silos drop a client's subscription if it is away as they deliver to it.
        await Subscribe();
    }

    private async Task<bool> ReadPage(int shard)
    {
        stopping.Token.ThrowIfCancellationRequested();
        var page = await Log.After(shard, token.Position(shard));
        foreach (var one in page)
        {
            await See(one);
            token.DoneUpTo(shard, one.Position);
        }

        return page.Length > 0;
    }

    private async Task InTurn(Func<Task> work)
    {
        await turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            turn.Release();
        }
    }

    private enum End
    {
        PassedOver = 1,
        Handled = 2,
        Buried = 3,
    }
}
