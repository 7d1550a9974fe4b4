using System.Buffers;
using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud.Backtest;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fraud;

/// <summary>
/// <c>GET /fraud/backtests/{id}/stream</c>: how a replay stands, as server-sent events: each state whole, at most ten a second, at least
/// one every ten seconds. The last one is no longer running, and has the report; then the stream ends. Who comes back hears how it stands.
/// </summary>
internal sealed class BacktestStream(IBacktests backtests, string id, TimeProvider timeProvider, CancellationToken stopping) : IResult
{
    private const int QuietTicks = 100;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ServerSentEvents.Begin(httpContext);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        try
        {
            await Run(httpContext, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader went away, or the process, with all its replays, is going down.
            return;
        }
    }

    private async Task Run(HttpContext context, CancellationToken end)
    {
        var output = context.Response.BodyWriter;
        using var timer = new PeriodicTimer(Tick, timeProvider);
        BacktestState? told = null;
        var quiet = 0;
        // One that was forgotten meanwhile has no more to say.
        while (backtests.Find(id) is { } state)
        {
            if (!ReferenceEquals(state, told) || ++quiet >= QuietTicks)
            {
                (told, quiet) = (state, 0);
                output.Write("data: "u8);
                output.Write(JsonSerializer.SerializeToUtf8Bytes(state, BacktestJson.Default.BacktestState));
                output.Write("\n\n"u8);
                await output.FlushAsync(end);
            }

            if (state.Status != BacktestStatus.Running || !await timer.WaitForNextTickAsync(end))
                return;
        }
    }
}
