using System.Diagnostics;

namespace Grains.Interfaces;

/// <summary>
/// The trace of a payment's journey: gateway, grain, commit, rail, webhook. W3C trace context (traceparent) is carried from the request
/// through the grain's turn, and stored with what is to be done later. Where nobody listens, a step costs one look at a field.
/// Attributes are the product's own words and counts: never an account, a card, a name or an address.
/// </summary>
public static class JourneyTrace
{
    public const string SourceName = "Payments.Journey";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anybody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Where the trace is now, as a W3C traceparent; null where nothing is recorded.</summary>
    public static string? Here => Now?.Id;

    /// <summary>The step that is recorded now; null where none is.</summary>
    public static Activity? Now => IsOn && Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } now ? now : null;

    /// <summary>A step of what runs now.</summary>
    /// <param name="of">The traceparent of what caused it: linked, where that is another trace. Null for none.</param>
    public static Activity? Step(string name, ActivityKind kind = ActivityKind.Internal, string? of = null)
    {
        if (!IsOn)
            return null;
        if (!ActivityContext.TryParse(of, null, isRemote: true, out var cause) || cause.TraceId == Activity.Current?.TraceId)
            return Source.StartActivity(name, kind);
        return Source.StartActivity(name, kind, default(ActivityContext), links: [new ActivityLink(cause)]);
    }

    /// <summary>A step that follows at once on what was committed: it goes on in the trace that the commit carries.</summary>
    /// <param name="of">The traceparent that was stored; null begins a trace.</param>
    public static Activity? Resume(string name, ActivityKind kind, string? of) =>
        IsOn && ActivityContext.TryParse(of, null, isRemote: true, out var cause) ? Source.StartActivity(name, kind, cause) : Step(name, kind);

    /// <summary>A step that another thread did for one that waited for it.</summary>
    /// <param name="startedAt">When it began, by the machine's clock.</param>
    public static Activity? Done(string name, Activity waiting, DateTimeOffset startedAt) =>
        Source.StartActivity(name, ActivityKind.Internal, waiting.Context, startTime: startedAt);
}
