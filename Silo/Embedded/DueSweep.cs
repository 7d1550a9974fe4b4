using System.Collections.Concurrent;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Ledger;

namespace Silo.Embedded;

/// <summary>
/// Hands due work to the merchants' grains, at least once, on the product's time. What is not done yet is handed over again after a
/// while; who is handed work does it once.
/// </summary>
internal sealed partial class DueSweep(LedgerWriter writer, IGrains grains, TimeProvider clock, TimeProvider machine, ILogger<DueSweep> logger) : IDisposable
{
    private const string MerchantPrefix = "merchant/";
    private const string Resolve = "resolve";
    private const int PageLength = 1_000;
    private const int MaxUnderWay = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>How long unfinished work rests before it is handed over again.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<DueItem, Task> underWay = [];
    private readonly SemaphoreSlim places = new(MaxUnderWay);
    private Task? running;

    public void Start() => running = Task.Run(Run);

    public async Task Stop()
    {
        await stopping.CancelAsync();
        if (running is not null)
            await running;
        await Task.WhenAll(underWay.Values);
    }

    public void Dispose()
    {
        stopping.Dispose();
        places.Dispose();
    }

    private async Task Run()
    {
        // What an acquirer was asked when the process ended is asked for now, not when it falls due.
        var always = true;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Sweep(always);
                always = false;
                await Task.Delay(Pause, machine, stopping.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The ledger cannot be read for now: the next round tries again.
                SweepFailed(logger, exception);
            }
        }
    }

    private async Task Sweep(bool withUnresolved)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var item in await writer.Reader.Due(withUnresolved ? long.MaxValue : now, PageLength))
        {
            if (!item.Grain.StartsWith(MerchantPrefix, StringComparison.Ordinal) || (item.AtMs > now && item.Kind != Resolve) || underWay.ContainsKey(item))
                continue;
            await places.WaitAsync(stopping.Token);
            // It takes itself off when it has ended, which may be before its task is noted here.
            underWay[item] = Task.CompletedTask;
            underWay.TryUpdate(item, Task.Run(() => HandOver(item)), Task.CompletedTask);
        }
    }

    private async Task HandOver(DueItem item)
    {
        try
        {
            var done = await grains.Get<IMerchantGrain>(item.Grain[MerchantPrefix.Length..]).RunDue(new DueWork(item.Kind, item.Id, item.AtMs));
            if (!done)
                await Task.Delay(Rest, machine, stopping.Token);
        }
        catch (Exception exception) when (exception is GrainHostStopping or OperationCanceledException)
        {
            // It is due still, and taken up at the next start.
            LeftForNextStart(logger, item.Kind, item.Id);
        }
        catch (Exception exception)
        {
            DueFailed(logger, item.Kind, item.Id, exception);
            await Task.Delay(Rest, machine, CancellationToken.None);
        }
        finally
        {
            places.Release();
            underWay.TryRemove(item, out _);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Due work could not be read.")]
    private static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "Due work '{Kind}' of {Id} failed; it is tried again.")]
    private static partial void DueFailed(ILogger logger, string kind, long id, Exception exception);

    [LoggerMessage(3, LogLevel.Debug, "Due work '{Kind}' of {Id} is left for the next start.")]
    private static partial void LeftForNextStart(ILogger logger, string kind, long id);
}
