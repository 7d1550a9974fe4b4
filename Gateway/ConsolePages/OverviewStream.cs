using System.Buffers;
using System.IO.Pipelines;
using Gateway.Keys;
using Gateway.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Gateway.ConsolePages;

/// <summary>
/// <c>GET /console/now/stream</c>: the overview, once a second. The first event of a connection carries the chart's whole history,
/// so that a page that comes back has no gap; the later ones repeat the seconds that may still have changed.
/// </summary>
internal sealed class OverviewStream(OverviewReader overviews, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationToken stopping = lifetime.ApplicationStopping;

    public Task<IResult> Get(HttpContext context, Caller caller) => Task.FromResult<IResult>(new Subscription(this, caller));

    private async Task Run(PipeWriter output, Caller caller, CancellationToken end)
    {
        output.Write("retry: 2000\n\n"u8);
        using var timer = new PeriodicTimer(Interval, timeProvider);
        long? lastSecond = null;
        do
        {
            var overview = await overviews.Read(caller, lastSecond);
            lastSecond = overview.Time.ToUnixTimeSeconds();
            output.Write("data: "u8);
            output.Write(JsonReply.Render(overview, OverviewJson.Write));
            output.Write("\n\n"u8);
            await output.FlushAsync(end);
        }
        while (await timer.WaitForNextTickAsync(end));
    }

    private sealed class Subscription(OverviewStream owner, Caller caller) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            ServerSentEvents.Begin(httpContext);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, owner.stopping);
            try
            {
                await owner.Run(httpContext.Response.BodyWriter, caller, end.Token);
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // The page was closed, or the process is going down: the page comes back by itself.
                return;
            }
        }
    }
}
