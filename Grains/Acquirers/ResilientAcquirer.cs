using Grains.Interfaces.Checkout;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Grains.Acquirers;

/// <summary>
/// An acquirer behind a bulkhead, a circuit breaker, retries and time-outs. Retries are safe: they carry the same key. What is left
/// is silence, which says nothing of what was done.
/// </summary>
public sealed class ResilientAcquirer : IAcquirer, IDisposable
{
    private readonly IAcquirer inner;
    private readonly ResiliencePipeline pipeline;
    private readonly SemaphoreSlim bulkhead;
    private readonly SemaphoreSlim entries;

    public ResilientAcquirer(IAcquirer inner, AcquirerOptions options, TimeProvider machine)
    {
        this.inner = inner;
        bulkhead = new SemaphoreSlim(options.MaxConcurrent);
        entries = new SemaphoreSlim(options.MaxConcurrent);
        pipeline = new ResiliencePipelineBuilder { TimeProvider = machine }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<AcquirerSilentException>().Handle<TimeoutRejectedException>(),
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.FromMilliseconds(options.RetryDelayMs),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<AcquirerSilentException>().Handle<TimeoutRejectedException>(),
                FailureRatio = Convert.ToDouble(options.BreakerPercent / 100m),
                MinimumThroughput = options.BreakerMinimumCalls,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromMilliseconds(options.BreakMs),
            })
            .AddTimeout(TimeSpan.FromMilliseconds(options.TimeoutMs))
            .Build();
    }

    public string Name => inner.Name;

    public bool FindsEveryCall => inner.FindsEveryCall;

    public async Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken)
    {
        // Cards are typed by whoever has a publishable key: they take no payment's place.
        await Enter(entries, cancellationToken);
        try
        {
            return await inner.Describe(entry, cancellationToken);
        }
        finally
        {
            entries.Release();
        }
    }

    public TestCard? TestCard(string name) => inner.TestCard(name);

    public Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken) =>
        Call(static (inner, request, end) => inner.Submit(request, end), request, cancellationToken);

    public Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken) =>
        Call(static (inner, request, end) => inner.Find(request, end), request, cancellationToken);

    private async Task<TResult> Call<TArgument, TResult>(Func<IAcquirer, TArgument, CancellationToken, Task<TResult>> call, TArgument argument, CancellationToken cancellationToken)
    {
        await Enter(bulkhead, cancellationToken);
        try
        {
            return await pipeline.ExecuteAsync(
                static async (state, end) => await state.call(state.inner, state.argument, end),
                (call, inner, argument),
                cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or BrokenCircuitException or OperationCanceledException)
        {
            throw new AcquirerSilentException($"The acquirer '{Name}' did not answer.", exception);
        }
        finally
        {
            bulkhead.Release();
        }
    }

    // The rate limiter of Polly is a package of its own; a count of calls is all that a bulkhead is.
    private async Task Enter(SemaphoreSlim places, CancellationToken cancellationToken)
    {
        if (!await places.WaitAsync(TimeSpan.Zero, cancellationToken))
            throw new AcquirerSilentException($"Too many calls of the acquirer '{Name}' are under way.");
    }

    public void Dispose()
    {
        bulkhead.Dispose();
        entries.Dispose();
    }
}
