using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Gateway.Wire;
using Microsoft.Extensions.Hosting;

namespace Gateway.Health;

/// <summary>What the process still waits for before it is ready; whoever makes it so says so here.</summary>
public sealed class Readiness
{
    private readonly ConcurrentDictionary<string, byte> missing = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Missing => [.. missing.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Not ready until <see cref="Have"/> is called with the same words.</summary>
    public void Expect(string what) => missing[what] = 0;

    public void Have(string what) => missing.TryRemove(what, out _);
}

/// <summary>Something that readiness is asked of each time: a process that was ready may not be any more.</summary>
public interface IReadinessCheck
{
    /// <summary>What is missing, in words; null where nothing is. Answers within a second.</summary>
    Task<string?> Missing();
}

/// <summary><c>/health/live</c> and <c>/health/ready</c>, without a key.</summary>
internal sealed class HealthEndpoints(Readiness readiness, IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health");
        group.MapGet("/live", static context => Answer(context, "live", []));
        group.MapGet("/ready", Ready);
    }

    private async Task Ready(HttpContext context)
    {
        var checkedNow = await Task.WhenAll(checks.Select(static check => check.Missing()));
        IReadOnlyCollection<string> missing = lifetime.ApplicationStopping.IsCancellationRequested ? ["the process is going down"] : [.. readiness.Missing, .. checkedNow.OfType<string>()];
        await Answer(context, missing.Count == 0 ? "ready" : "not_ready", missing);
    }

    private static Task Answer(HttpContext context, string status, IReadOnlyCollection<string> missing)
    {
        context.Response.Headers.CacheControl = "no-store";
        var code = missing.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return JsonReply.Send(context, code, JsonReply.ContentType, (Status: status, Missing: missing), static (json, state) =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, state.Status);
            json.WriteStartArray("missing"u8);
            foreach (var what in state.Missing)
                json.WriteStringValue(what);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
