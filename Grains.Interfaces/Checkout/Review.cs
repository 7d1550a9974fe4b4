namespace Grains.Interfaces.Checkout;

/// <summary>A payment that went on, and that somebody is to look at. Source: docs.stripe.com/api/radar/reviews.</summary>
public sealed record Review
{
    public required string Id { get; init; }

    public string Object => "review";

    public string? BillingZip { get; init; }

    public required string Charge { get; init; }

    /// <summary><c>approved</c>, <c>refunded</c>, <c>refunded_as_fraud</c>, <c>disputed</c>, <c>canceled</c>, or <c>acknowledged</c> where its time ended; null while it is open.</summary>
    public string? ClosedReason { get; init; }

    public required long Created { get; init; }

    /// <summary>The cardholder's, where the cardholder's browser asked.</summary>
    public string? IpAddress { get; init; }

    public string? IpAddressLocation => null;

    public bool Livemode => false;

    public bool Open { get; init; }

    public string OpenedReason => "rule";

    public required string PaymentIntent { get; init; }

    /// <summary>Why it is as it is: <c>rule</c> while it is open, then as <see cref="ClosedReason"/>.</summary>
    public required string Reason { get; init; }

    public string? Session => null;
}

/// <summary>What only the merchant's grain knows of a review.</summary>
/// <param name="Case">The fraud case's number.</param>
public sealed record ReviewRecord(long Case);
