using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Checkout.Tests;

/// <summary>A merchant's receiver: keeps what came, in order, and answers as it is told to.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private volatile int status = 200;

    private WebhookReceiver(WebApplication app) => this.app = app;

    public string Url => app.Urls.First() + "/hook";

    /// <summary>What it accepted.</summary>
    public ConcurrentQueue<ReceivedEvent> Received { get; } = [];

    /// <summary>What it turned away.</summary>
    public ConcurrentQueue<ReceivedEvent> Refused { get; } = [];

    public HttpStatusCode Answers
    {
        set => status = (int)value;
    }

    /// <summary>What it does with an event before it takes it.</summary>
    public Func<ReceivedEvent, Task>? Before { get; set; }

    public static async Task<WebhookReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.MapPost("/hook", (RequestDelegate)receiver.Take);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until it has accepted so many.</summary>
    public async Task Until(int count, string what)
    {
        for (var i = 0; i < 600 && Received.Count < count; i++)
            await Task.Delay(50);
        Assert.True(Received.Count >= count, $"{what}: {Received.Count} of {count} came, {Refused.Count} were turned away.");
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        var received = new ReceivedEvent(buffer.ToArray(), context.Request.Headers["Stripe-Signature"].ToString())
        {
            Headers = context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        };
        if (Before is { } before)
            await before(received);
        var answer = status;
        (answer == 200 ? Received : Refused).Enqueue(received);
        context.Response.StatusCode = answer;
    }
}

internal sealed record ReceivedEvent(byte[] Body, string Signature)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string Header(string name) => Headers[name];

    public JsonElement Json { get; } = JsonDocument.Parse(Body).RootElement;

    public string Id => Json.GetProperty("id").GetString()!;

    public string Type => Json.GetProperty("type").GetString()!;

    public JsonElement Object => Json.GetProperty("data").GetProperty("object");

    public string ObjectId => Object.GetProperty("id").GetString()!;
}
