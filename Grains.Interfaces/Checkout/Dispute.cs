using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>A cardholder's claim against a charge. Minor units.</summary>
public sealed record Dispute
{
    public required string Id { get; init; }

    public string Object => "dispute";

    public required long Amount { get; init; }

    public IReadOnlyList<BalanceTransaction> BalanceTransactions { get; init; } = [];

    public required string Charge { get; init; }

    public required long Created { get; init; }

    public required string Currency { get; init; }

    public IReadOnlyList<string> EnhancedEligibilityTypes => [];

    public DisputeEvidence Evidence { get; init; } = new();

    public required EvidenceDetails EvidenceDetails { get; init; }

    public string? IntendedSubmissionMethod => null;

    public bool IsChargeRefundable { get; init; }

    public bool Livemode => false;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public required string PaymentIntent { get; init; }

    public required string Reason { get; init; }

    public required string Status { get; init; }
}

/// <summary>What the merchant says against a dispute. Texts only; files are not taken.</summary>
public sealed record DisputeEvidence
{
    public string? AccessActivityLog { get; init; }

    public string? BillingAddress { get; init; }

    public string? CancellationPolicy => null;

    public string? CancellationPolicyDisclosure { get; init; }

    public string? CancellationRebuttal { get; init; }

    public string? CustomerCommunication => null;

    public string? CustomerEmailAddress { get; init; }

    public string? CustomerName { get; init; }

    public string? CustomerPurchaseIp { get; init; }

    public string? CustomerSignature => null;

    public string? DuplicateChargeDocumentation => null;

    public string? DuplicateChargeExplanation { get; init; }

    public string? DuplicateChargeId { get; init; }

    public EnhancedEvidence EnhancedEvidence => new();

    public string? ProductDescription { get; init; }

    public string? Receipt => null;

    public string? RefundPolicy => null;

    public string? RefundPolicyDisclosure { get; init; }

    public string? RefundRefusalExplanation { get; init; }

    public string? ServiceDate { get; init; }

    public string? ServiceDocumentation => null;

    public string? ShippingAddress { get; init; }

    public string? ShippingCarrier { get; init; }

    public string? ShippingDate { get; init; }

    public string? ShippingDocumentation => null;

    public string? ShippingTrackingNumber { get; init; }

    public string? UncategorizedFile => null;

    public string? UncategorizedText { get; init; }
}

public sealed record EnhancedEvidence;

public sealed record EvidenceDetails
{
    public long? DueBy { get; init; }

    public EnhancedEvidence EnhancedEligibility => new();

    public bool HasEvidence { get; init; }

    public bool PastDue { get; init; }

    public long SubmissionCount { get; init; }

    public string SubmissionMethod => "manual";
}

/// <summary>What only the merchant's grain knows of a dispute.</summary>
/// <param name="Withdrawn">Minor units that it took from the merchant, its fee apart.</param>
/// <param name="Reference">The acquirer's name of it; null where it is the sandbox's own.</param>
/// <param name="Attempt">The answer that is on its way to the acquirer; null where none is.</param>
/// <param name="Metadata">How its metadata change once that answer is there; null where they do not.</param>
/// <param name="AskAtMs">When the acquirer is asked for it next, in milliseconds since 1970; 0 where it is over.</param>
public sealed record DisputeRecord(
    long Withdrawn, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long ChargeNumber,
    string? Reference = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long AskAtMs = 0,
    Attempt? Attempt = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Attempts = 0,
    MetadataUpdate? Metadata = null);

/// <summary>A dispute of an acquirer's that was taken over as one of ours.</summary>
/// <param name="Reference">The acquirer's name of it.</param>
/// <param name="Number">Ours.</param>
public sealed record TakenDispute(string Reference, long Number);
