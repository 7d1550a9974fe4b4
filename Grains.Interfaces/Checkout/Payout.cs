namespace Grains.Interfaces.Checkout;

/// <summary>Available money on its way to a merchant's bank account. Minor units; times in seconds since 1970.</summary>
public sealed record Payout
{
    public required string Id { get; init; }

    public string Object => "payout";

    public required long Amount { get; init; }

    public string? ApplicationFee => null;

    public long? ApplicationFeeAmount => null;

    /// <summary>When the bank has it, or is expected to.</summary>
    public required long ArrivalDate { get; init; }

    public bool Automatic => false;

    public required string BalanceTransaction { get; init; }

    public required long Created { get; init; }

    public required string Currency { get; init; }

    public string? Description { get; init; }

    public required string Destination { get; init; }

    public string? FailureBalanceTransaction { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    public bool Livemode => false;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    /// <summary><c>standard</c> or <c>instant</c>.</summary>
    public required string Method { get; init; }

    public string? OriginalPayout => null;

    public string? PayoutMethod => null;

    public string ReconciliationStatus => "not_applicable";

    public string? ReversedBy => null;

    public string SourceType => "card";

    public string? StatementDescriptor { get; init; }

    /// <summary><c>pending</c>, <c>in_transit</c>, <c>paid</c>, <c>failed</c> or <c>canceled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>By which the bank finds it; not there before the bank was told.</summary>
    public TraceId? TraceId { get; init; }

    public string Type => "bank_account";
}

/// <summary>A bank's name for a payout.</summary>
/// <param name="Status"><c>pending</c>, <c>supported</c> or <c>unsupported</c>.</param>
public sealed record TraceId(string Status, string? Value);

/// <summary>What only the merchant's grain knows of a payout.</summary>
/// <param name="CourseAtMs">When it goes on, in milliseconds since 1970; 0 where it has ended.</param>
public sealed record PayoutRecord(long CourseAtMs);
