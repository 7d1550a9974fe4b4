using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>Money of a charge that goes back to its card. Minor units.</summary>
public sealed record Refund
{
    public required string Id { get; init; }

    public string Object => "refund";

    public required long Amount { get; init; }

    public string? BalanceTransaction { get; init; }

    public required string Charge { get; init; }

    public required long Created { get; init; }

    public required string Currency { get; init; }

    public string? Customer { get; init; }

    public string? CustomerAccount => null;

    public RefundDestination DestinationDetails => new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailureBalanceTransaction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FailureReason { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public required string PaymentIntent { get; init; }

    public required string PaymentMethod { get; init; }

    public string? Reason { get; init; }

    public string? ReceiptNumber => null;

    public string? SourceTransferReversal => null;

    /// <summary><c>pending</c>, <c>succeeded</c>, <c>failed</c> or <c>canceled</c>.</summary>
    public required string Status { get; init; }

    public string? TransferReversal => null;
}

public sealed record RefundDestination
{
    public RefundedCard Card => new();

    public string Type => "card";
}

public sealed record RefundedCard
{
    public string ReferenceStatus => "pending";

    public string ReferenceType => "acquirer_reference_number";

    public string Type => "refund";
}

/// <summary>What only the merchant's grain knows of a refund.</summary>
/// <param name="CourseAtMs">When it arrives or comes back, in milliseconds since 1970; 0 where that is done, or will not be.</param>
/// <param name="Followed">The attempt that made it, as long as its acquirer is asked what became of it; null where it is not.</param>
/// <param name="FollowAtMs">When its acquirer is asked next, in milliseconds since 1970; 0 where it is not.</param>
public sealed record RefundRecord(
    Attempt? Attempt, int Attempts, long CourseAtMs = 0, Attempt? Followed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long FollowAtMs = 0);
