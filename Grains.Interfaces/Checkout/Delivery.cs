namespace Grains.Interfaces.Checkout;

/// <summary>How far an event is on its way to an endpoint. The number is stored: never reuse one.</summary>
public enum DeliveryStatus : byte
{
    Pending = 1,
    Delivered = 2,

    /// <summary>Tried for three days, or refused for good: only a redelivery by hand sends it again.</summary>
    Dead = 3,
}

/// <summary>An event's way to one endpoint.</summary>
public sealed record Delivery
{
    public required string Id { get; init; }

    public required long Event { get; init; }

    public required string EventId { get; init; }

    public required string EventType { get; init; }

    public required long Endpoint { get; init; }

    /// <summary>The object that the event is about: its events arrive in order.</summary>
    public required long Subject { get; init; }

    public required DeliveryStatus Status { get; init; }

    public required long CreatedMs { get; init; }

    /// <summary>When it is tried next; 0 where it is not.</summary>
    public long NextAtMs { get; init; }

    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    /// <summary>The traceparent of the request that caused the event; null where nothing was recorded.</summary>
    public string? Trace { get; init; }
}

/// <summary>One try.</summary>
/// <param name="Status">The receiver's answer; 0 where there was none.</param>
/// <param name="Detail">What went wrong, or the start of the answer's body.</param>
/// <param name="Signature">The headers that signed it, one a line.</param>
public sealed record DeliveryAttempt(long AtMs, int Status, long TookMs, string? Detail, string? Signature = null);
