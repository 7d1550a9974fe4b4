using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Stripe;

/// <summary>What may happen to a call of Stripe on its way.</summary>
public enum WireFault : byte
{
    /// <summary>It never arrives.</summary>
    Lost = 1,

    /// <summary>It is done, and the connection is reset before its answer.</summary>
    AnswerLost,

    /// <summary>It is done, and half of its answer arrives.</summary>
    AnswerCut,

    /// <summary>It is done, and its answer comes after the caller has given up.</summary>
    Late,

    /// <summary>It arrives nowhere, and a machine on the way says 500.</summary>
    Failed,

    /// <summary>It is done, and a machine on the way says 502.</summary>
    FailedAfter,

    /// <summary>Stripe has too much to do, and does nothing.</summary>
    Busy,

    /// <summary>Another request with the same key is under way.</summary>
    KeyInUse,
}

/// <summary>Stands between us and what stands for Stripe, and does to the calls what a test asks for.</summary>
internal sealed class StripeWire : IAsyncDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentDictionary<string, int> calls = new();
    private readonly List<Rule> rules = [];
    private readonly WebApplication app;

    private StripeWire(string stripe)
    {
        client.BaseAddress = new Uri(stripe);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(Pass);
    }

    private sealed record Rule(string Method, string Path, WireFault Fault)
    {
        public int Left { get; set; }
    }

    public string Url => app.Urls.First();

    /// <summary>Ends when a call is held back as <see cref="WireFault.Late"/>.</summary>
    public TaskCompletionSource Held { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<StripeWire> Start(string stripe)
    {
        var wire = new StripeWire(stripe);
        await wire.app.StartAsync();
        return wire;
    }

    /// <summary>So many of the next calls whose path ends so, or has this before its end where it ends in a slash, meet with it; what was asked for these calls before is off.</summary>
    public void Next(WireFault fault, string path, int times = 1, string method = "POST")
    {
        Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (rules)
        {
            rules.RemoveAll(rule => rule.Method == method && rule.Path == path);
            rules.Add(new Rule(method, path, fault) { Left = times });
        }
    }

    public void Heal()
    {
        lock (rules)
            rules.Clear();
    }

    /// <summary>Calls whose path ended so, whatever became of them.</summary>
    public int Calls(string path) => calls.Where(call => call.Key.EndsWith(path, StringComparison.Ordinal)).Sum(static call => call.Value);

    /// <summary>Ends once there were so many of them.</summary>
    public async Task Called(string path, int count)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (Calls(path) < count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"{path} was not called.");
            await Task.Delay(25);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
    }

    private async Task Pass(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        calls.AddOrUpdate(path, 1, static (_, count) => count + 1);
        var fault = Take(context.Request.Method, path);
        if (fault == WireFault.Lost)
            context.Abort();
        else if (fault == WireFault.Failed)
            await Write(context, 500, "text/html", "<h1>Oops</h1>"u8.ToArray());
        else if (fault == WireFault.Busy)
            await Write(context, 429, "application/json", """{"error":{"type":"invalid_request_error","code":"rate_limit","message":"Too many."}}"""u8.ToArray());
        else if (fault == WireFault.KeyInUse)
            await Write(context, 409, "application/json", """{"error":{"type":"idempotency_error","code":"idempotency_key_in_use","message":"In use."}}"""u8.ToArray());
        else
            await Forward(context, fault);
    }

    private async Task Forward(HttpContext context, WireFault? fault)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString);
        if (body.Length > 0)
            request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in context.Request.Headers.Where(static header => header.Key is not "Host"))
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
        using var response = await client.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        switch (fault)
        {
            case WireFault.AnswerLost:
                context.Abort();
                return;
            case WireFault.AnswerCut:
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = answer.Length;
                await context.Response.Body.WriteAsync(answer.AsMemory(0, answer.Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            case WireFault.Late:
                Held.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { });
                return;
            case WireFault.FailedAfter:
                await Write(context, 502, "text/html", "<h1>Bad gateway</h1>"u8.ToArray());
                return;
            default:
                await Write(context, (int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), answer);
                return;
        }
    }

    private WireFault? Take(string method, string path)
    {
        lock (rules)
        {
            if (rules.Find(rule => rule.Left > 0 && rule.Method == method && (path.EndsWith(rule.Path, StringComparison.Ordinal) || (rule.Path.EndsWith('/') && path.Contains(rule.Path, StringComparison.Ordinal)))) is not { } rule)
                return null;
            rule.Left--;
            return rule.Fault;
        }
    }

    private static Task Write(HttpContext context, int status, string? type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.Body.WriteAsync(body).AsTask();
    }
}
