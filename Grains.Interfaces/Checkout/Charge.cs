using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>One try to charge a card. Amounts in minor units.</summary>
public sealed record Charge
{
    public required string Id { get; init; }

    public string Object => "charge";

    public required long Amount { get; init; }

    public long AmountCaptured { get; init; }

    public long AmountRefunded { get; init; }

    public string? Application => null;

    public string? ApplicationFee => null;

    public long? ApplicationFeeAmount => null;

    public string? BalanceTransaction { get; init; }

    public required BillingDetails BillingDetails { get; init; }

    public string? CalculatedStatementDescriptor { get; init; }

    public bool Captured { get; init; }

    public required long Created { get; init; }

    public required string Currency { get; init; }

    public string? Customer { get; init; }

    public string? Description { get; init; }

    public bool Disputed { get; init; }

    public string? FailureBalanceTransaction => null;

    public string? FailureCode { get; init; }

    public string? FailureMessage { get; init; }

    public FraudDetails FraudDetails => new();

    public bool Livemode => false;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public string? OnBehalfOf => null;

    public required ChargeOutcome Outcome { get; init; }

    public bool Paid { get; init; }

    public required string PaymentIntent { get; init; }

    public required string PaymentMethod { get; init; }

    public required ChargeMethodDetails PaymentMethodDetails { get; init; }

    public string? ReceiptEmail { get; init; }

    public string? ReceiptNumber => null;

    public string? ReceiptUrl => null;

    public bool Refunded { get; init; }

    /// <summary>Where somebody is to look at the payment; null otherwise.</summary>
    public string? Review { get; init; }

    public Shipping? Shipping { get; init; }

    public string? Source => null;

    public string? SourceTransfer => null;

    public string? StatementDescriptor { get; init; }

    public string? StatementDescriptorSuffix { get; init; }

    /// <summary><c>succeeded</c>, <c>pending</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    public string? TransferData => null;

    public string? TransferGroup => null;
}

public sealed record FraudDetails;

/// <summary>What network and risk check said.</summary>
public sealed record ChargeOutcome
{
    public string? AdviceCode { get; init; }

    public string? NetworkAdviceCode => null;

    public string? NetworkDeclineCode { get; init; }

    public string? NetworkStatus { get; init; }

    public string? Reason { get; init; }

    public string RiskLevel { get; init; } = "normal";

    public int RiskScore { get; init; } = 20;

    public string? SellerMessage { get; init; }

    public required string Type { get; init; }
}

public sealed record ChargeMethodDetails(ChargedCard Card)
{
    public string Type => "card";
}

/// <summary>The card that was charged, and what its authorization allows.</summary>
public sealed record ChargedCard
{
    public long? AmountAuthorized { get; init; }

    public string? AuthorizationCode { get; init; }

    public required string Brand { get; init; }

    /// <summary>Seconds since 1970 at which the authorization ends; absent where it is captured at once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? CaptureBefore { get; init; }

    public CardChecks Checks { get; init; } = new();

    public required string Country { get; init; }

    public string? ElectronicCommerceIndicator => null;

    public required int ExpMonth { get; init; }

    public required int ExpYear { get; init; }

    public CardFeature ExtendedAuthorization => new("disabled");

    public required string Fingerprint { get; init; }

    public required string Funding { get; init; }

    public CardFeature IncrementalAuthorization { get; init; } = new("unavailable");

    public string? Installments => null;

    public required string Last4 { get; init; }

    public string? Mandate => null;

    public CardFeature Multicapture { get; init; } = new("unavailable");

    public string? Network => Brand;

    public NetworkToken NetworkToken => new(false);

    public string? NetworkTransactionId { get; init; }

    public Overcapture Overcapture { get; init; } = new(0);

    public string? RegulatedStatus => "unregulated";

    public ThreeDSecure? ThreeDSecure { get; init; }

    public string? TransactionLinkId => null;

    public string? Wallet => null;
}

/// <summary><c>available</c>, <c>unavailable</c>, <c>enabled</c> or <c>disabled</c>.</summary>
public sealed record CardFeature(string Status);

public sealed record NetworkToken(bool Used);

public sealed record Overcapture(long MaximumAmountCapturable)
{
    public string Status => "unavailable";
}

/// <summary>How the cardholder was authenticated.</summary>
public sealed record ThreeDSecure
{
    public string? AuthenticationFlow => "challenge";

    public string? ElectronicCommerceIndicator => "05";

    public string? ExemptionIndicator => null;

    public required string Result { get; init; }

    public string? ResultReason => null;

    public required string TransactionId { get; init; }

    public string Version => "2.2.0";
}

/// <summary>What only the merchant's grain knows of a charge.</summary>
/// <param name="Authorization">The acquirer's reference.</param>
/// <param name="RefundsUnderWay">Minor units of refunds that the acquirer has not answered.</param>
/// <param name="ClientIp">The cardholder's address, where it is known.</param>
/// <param name="IsOurs">Whether it was declined here, and the acquirer never asked.</param>
/// <param name="Risk">The fraud decision, as <see cref="Fraud.RiskDecisionCodec"/> has it; null where risk was not judged.</param>
/// <param name="Disputes">The acquirer's disputes over it; null where it has none.</param>
public sealed record ChargeRecord(
    string Acquirer, string? Authorization, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long RefundsUnderWay, string? ClientIp = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsOurs = false,
    byte[]? Risk = null, IReadOnlyList<TakenDispute>? Disputes = null);
