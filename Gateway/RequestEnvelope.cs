using System.Diagnostics;
using System.Globalization;
using Gateway.Metrics;
using Gateway.Problems;
using Gateway.Traces;
using Grains.Interfaces;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway;

/// <summary>
/// What every answer carries (Request-Id, Payments-Version, Server-Timing), and what becomes of a request that nothing answered:
/// an unknown path, a wrong method, an unreadable request, a fault of ours.
/// </summary>
internal static partial class RequestEnvelope
{
    private const string PaymentsVersion = "2026-11-21";
    private const string Digits = "0123456789abcdefghjkmnpqrstvwxyz";

    public static void Use(IApplicationBuilder app, GatewayInstruments instruments, ILogger logger)
    {
        app.Use(next => context => Run(context, next, instruments, logger));
    }

    private static async Task Run(HttpContext context, RequestDelegate next, GatewayInstruments instruments, ILogger logger)
    {
        var id = NewId();
        context.TraceIdentifier = id;
        RequestSpan.Begin(context);
        var headers = context.Response.Headers;
        headers["Request-Id"] = id;
        headers["Payments-Version"] = PaymentsVersion;
        headers.XContentTypeOptions = "nosniff";
        context.Response.OnStarting(SetTiming, new Started(context, Stopwatch.GetTimestamp()));
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed && context.Response.ContentLength is null)
                await Unmatched(context.Response.StatusCode).ExecuteAsync(context);
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
            EnvelopeLog.Aborted(logger, id, exception);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var problem = Problem(exception, context.Request.Method);
            if (problem.Code == ProblemCode.InternalError || exception is LedgerStoreException)
                EnvelopeLog.Failed(logger, id, exception);
            context.Response.Headers.ContentLength = null;
            await problem.ExecuteAsync(context);
        }
        catch (Exception exception)
        {
            // The answer has begun: it cannot be taken back, only cut off.
            EnvelopeLog.Failed(logger, id, exception);
            context.Abort();
        }

        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            instruments.Failed(context.Response.StatusCode);
        RequestSpan.Complete(context, id);
    }

    private static Problem Unmatched(int status) =>
        new(status == StatusCodes.Status404NotFound ? ProblemCode.PathUnknown : ProblemCode.MethodNotAllowed);

    private static Problem Problem(Exception exception, string method) => exception switch
    {
        // What asks to record something may have been recorded before, under the same key.
        LedgerStoreException { IsTransient: true } => new Problem(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? ProblemCode.LedgerUnavailable : ProblemCode.OutcomeUnknown),
        GrainHostStopping => new Problem(ProblemCode.ShuttingDown),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new Problem(ProblemCode.BodyTooLarge),
        BadHttpRequestException bad => new Problem(ProblemCode.MalformedJson, $"The request's body could not be read: {bad.Message}"),
        _ => new Problem(ProblemCode.InternalError),
    };

    private static Task SetTiming(object state)
    {
        var (context, at) = (Started)state;
        var elapsed = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        context.Response.Headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"app;dur={elapsed:0.###}");
        return Task.CompletedTask;
    }

    // 80 random bits: enough to find one request in a log, and nothing else is asked of it.
    private static string NewId() => string.Create(20, Random.Shared.NextInt64(), static (text, bits) =>
    {
        "req_".CopyTo(text);
        var more = Random.Shared.Next();
        for (var i = 0; i < 12; i++, bits >>= 5)
            text[4 + i] = Digits[(int)(bits & 31)];
        for (var i = 12; i < 16; i++, more >>= 5)
            text[4 + i] = Digits[more & 31];
    });

    private sealed record Started(HttpContext Context, long At);

    private static partial class EnvelopeLog
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Request {RequestId} failed.")]
        public static partial void Failed(ILogger logger, string requestId, Exception exception);

        [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "Request {RequestId} was given up by its caller.")]
        public static partial void Aborted(ILogger logger, string requestId, Exception exception);
    }
}
