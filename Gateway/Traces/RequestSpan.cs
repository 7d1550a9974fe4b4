using System.Diagnostics;
using Grains.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Traces;

/// <summary>What a request's span says: its route and its status. Not its address, which holds ids, and what callers put there by mistake.</summary>
internal static class RequestSpan
{
    private const string UnknownMethod = "_OTHER";

    /// <summary>What probes and scrapers ask for every few seconds is nobody's journey.</summary>
    private static readonly string[] Unrecorded = ["/health/", "/metrics"];

    /// <summary>What a caller wrote into <c>tracestate</c> goes no further: it may be anything, and every span would carry it to the collector.</summary>
    public static void Begin(HttpContext context)
    {
        if (JourneyTrace.IsOn && context.Features.Get<IHttpActivityFeature>()?.Activity is { TraceStateString: not null } span)
            span.TraceStateString = null;
    }

    /// <summary>Completes the span of a request that was answered. Does nothing where nobody listens.</summary>
    public static void Complete(HttpContext context, string requestId)
    {
        if (!JourneyTrace.IsOn || context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
            return;
        // A group's own path ends in a slash.
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText is { Length: > 1 } text ? text.TrimEnd('/') : null;
        if (route is not null && Array.Exists(Unrecorded, prefix => route.StartsWith(prefix, StringComparison.Ordinal)))
        {
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        var method = Method(context.Request.Method);
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        if (route is not null)
            span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetTag("payments.request_id", requestId);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }

    // A caller may send any word as a method.
    private static string Method(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsPatch(method)
            ? method
            : UnknownMethod;
}
