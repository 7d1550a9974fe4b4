using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>A payment that a merchant means to get, through all its attempts. Amounts in minor units.</summary>
public sealed record PaymentIntent
{
    public required string Id { get; init; }

    public string Object => "payment_intent";

    public IReadOnlyList<string>? AllowedPaymentMethodTypes => null;

    public required long Amount { get; init; }

    public long AmountCapturable { get; init; }

    public AmountDetails AmountDetails => new(new Tip());

    public long AmountReceived { get; init; }

    public string? Application => null;

    public long? ApplicationFeeAmount => null;

    public AutomaticPaymentMethods? AutomaticPaymentMethods { get; init; }

    public long? CanceledAt { get; init; }

    public string? CancellationReason { get; init; }

    /// <summary><c>automatic</c>, <c>automatic_async</c> or <c>manual</c>.</summary>
    public required string CaptureMethod { get; init; }

    public required string ClientSecret { get; init; }

    public string ConfirmationMethod { get; init; } = "automatic";

    public required long Created { get; init; }

    /// <summary>Three lower-case letters.</summary>
    public required string Currency { get; init; }

    public string? Customer { get; init; }

    public string? CustomerAccount => null;

    public string? Description { get; init; }

    public IReadOnlyList<string>? ExcludedPaymentMethodTypes => null;

    public PaymentError? LastPaymentError { get; init; }

    public string? LatestCharge { get; init; }

    public bool Livemode => false;

    public string? ManagedPayments => null;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public NextAction? NextAction { get; init; }

    public string? OnBehalfOf => null;

    public string? PaymentMethod { get; init; }

    public string? PaymentMethodConfigurationDetails => null;

    public IntentMethodOptions PaymentMethodOptions { get; init; } = new();

    public IReadOnlyList<string> PaymentMethodTypes { get; init; } = ["card"];

    public string? PaymentRecord => null;

    public string? Processing => null;

    public string? ReceiptEmail { get; init; }

    /// <summary>Where somebody is to look at the payment; null otherwise.</summary>
    public string? Review { get; init; }

    public string? SetupFutureUsage { get; init; }

    public Shipping? Shipping { get; init; }

    public string? Source => null;

    public string? StatementDescriptor { get; init; }

    public string? StatementDescriptorSuffix { get; init; }

    public required string Status { get; init; }

    public string? TransferData => null;

    public string? TransferGroup => null;
}

public sealed record AmountDetails(Tip Tip);

public sealed record Tip;

public sealed record AutomaticPaymentMethods(string AllowRedirects, bool Enabled);

public sealed record IntentMethodOptions
{
    public CardOptions Card { get; init; } = new();
}

/// <summary>What an intent asks of card payments.</summary>
public sealed record CardOptions
{
    public string? Installments => null;

    public string? MandateOptions => null;

    public string? Network => null;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RequestIncrementalAuthorization { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RequestMulticapture { get; init; }

    public string RequestThreeDSecure { get; init; } = "automatic";
}

/// <summary>What the cardholder has to do next.</summary>
public sealed record NextAction
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RedirectToUrl? RedirectToUrl { get; init; }

    public required string Type { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UseSdk? UseStripeSdk { get; init; }
}

public sealed record RedirectToUrl(string? ReturnUrl, string? Url);

/// <summary>Where the challenge is, for a page that opens it by itself.</summary>
public sealed record UseSdk(string Type, string StripeJs);

/// <summary>The status of an intent, in the API's words.</summary>
public static class IntentStatus
{
    public const string RequiresPaymentMethod = "requires_payment_method";
    public const string RequiresConfirmation = "requires_confirmation";
    public const string RequiresAction = "requires_action";
    public const string Processing = "processing";
    public const string RequiresCapture = "requires_capture";
    public const string Succeeded = "succeeded";
    public const string Canceled = "canceled";
}
