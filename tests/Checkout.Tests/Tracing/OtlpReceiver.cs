using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Checkout.Tests.Tracing;

/// <summary>A collector that keeps what an exporter sends it: OTLP over HTTP, protobuf.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<TraceSpan> Spans { get; } = [];

    /// <summary>What makes a product send its traces here, soon.</summary>
    public (string Name, string Value)[] Environment =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", app.Urls.First()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ];

    public static async Task<OtlpReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.MapPost("/v1/traces", (RequestDelegate)receiver.Take);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until what came is enough.</summary>
    public async Task<IReadOnlyList<TraceSpan>> Until(Func<IReadOnlyList<TraceSpan>, bool> isEnough, string what)
    {
        for (var i = 0; i < 600; i++)
        {
            TraceSpan[] spans = [.. Spans];
            if (isEnough(spans))
                return spans;
            await Task.Delay(50);
        }

        Assert.Fail($"{what}: there came only\n{string.Join('\n', Spans)}");
        return [];
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        foreach (var span in TraceSpan.ReadAll(buffer.ToArray()))
            Spans.Enqueue(span);
        context.Response.ContentType = "application/x-protobuf";
    }
}
