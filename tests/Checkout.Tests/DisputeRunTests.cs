using Grains.Acquirers;
using Grains.Checkout;
using Microsoft.Extensions.Logging.Abstractions;

namespace Checkout.Tests;

/// <summary>Looking for disputes that nobody told of.</summary>
public sealed class DisputeRunTests : IAsyncDisposable
{
    private const long Day = 86_400;
    private readonly MerchantBench bench = MerchantBench.Start(risk: false);
    private readonly List<string> told = [];

    [Fact]
    public async Task What_could_not_be_taken_over_is_told_again_also_by_the_next_process()
    {
        AcquirerDispute[] all = [Opened("early", 50), Opened("late", 110)];
        await New(10, all, static dispute => dispute.Reference != "early").Look(CancellationToken.None);
        told.Clear();
        await New(10, all).Look(CancellationToken.None);
        Assert.Equal(["early", "late"], told.Order());
    }

    [Fact]
    public async Task What_was_told_is_not_told_again_but_for_the_last_day_by_the_next_process()
    {
        AcquirerDispute[] all = [Opened("early", 50), Opened("late", 110)];
        var run = New(10, all);
        await run.Look(CancellationToken.None);
        await run.Look(CancellationToken.None);
        Assert.Equal(["early", "late"], told.Order());
        told.Clear();
        await New(10, all).Look(CancellationToken.None);
        Assert.Equal(["late"], told);
    }

    [Fact]
    public async Task An_earlier_beginning_is_looked_through_from_there()
    {
        AcquirerDispute[] all = [Opened("early", 50), Opened("late", 110)];
        await New(100, all).Look(CancellationToken.None);
        Assert.Equal(["late"], told);
        await New(40, all).Look(CancellationToken.None);
        Assert.Contains("early", told);
    }

    [Fact]
    public async Task One_that_fails_keeps_no_other_waiting()
    {
        await New(10, [Opened("early", 50), Opened("late", 110)], static dispute => dispute.Reference == "late" ? throw new InvalidOperationException("It cannot be.") : true).Look(CancellationToken.None);
        Assert.Equal(["early", "late"], told.Order());
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    private static AcquirerDispute Opened(string reference, long day) => new(reference, "pi_1:1", null, 1, "usd", "fraudulent", "needs_response", day * Day);

    private DisputeRun New(long since, AcquirerDispute[] all, Func<AcquirerDispute, bool>? taken = null) => new(
        new Listed(since * Day, all),
        bench.Edition.Registry,
        dispute =>
        {
            told.Add(dispute.Reference);
            return Task.FromResult(taken?.Invoke(dispute) ?? true);
        },
        NullLogger<DisputeRun>.Instance);

    private sealed class Listed(long since, AcquirerDispute[] all) : IFollowedAcquirer
    {
        public long? Since => since;

        public IAsyncEnumerable<AcquirerDispute> DisputesSince(long created, CancellationToken cancellationToken) => all.Where(dispute => dispute.Created >= created).Reverse().ToAsyncEnumerable();

        public Task<AcquirerDispute?> FindDispute(string reference, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AcquirerAnswer?> FindRefund(AcquirerRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
