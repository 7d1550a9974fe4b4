namespace Grains.Interfaces.Checkout;

/// <summary>A hosted page that asks a customer for one payment. Amounts in minor units, times in seconds since 1970.</summary>
public sealed record CheckoutSession
{
    public required string Id { get; init; }

    public string Object => "checkout.session";

    public string? AdaptivePricing => null;

    public string? AfterExpiration => null;

    public bool? AllowPromotionCodes => null;

    public IReadOnlyList<string>? AllowedPaymentMethodTypes => null;

    public required long AmountSubtotal { get; init; }

    public required long AmountTotal { get; init; }

    public SessionTax AutomaticTax => new();

    public string? BillingAddressCollection => null;

    public string? CancelUrl { get; init; }

    public string? ClientReferenceId { get; init; }

    public string? ClientSecret => null;

    public string? CollectedInformation => null;

    public string? Consent => null;

    public string? ConsentCollection => null;

    public required long Created { get; init; }

    public required string Currency { get; init; }

    public string? CurrencyConversion => null;

    public IReadOnlyList<string> CustomFields => [];

    public SessionText CustomText => new();

    public string? Customer { get; init; }

    public string? CustomerAccount => null;

    public string? CustomerCreation => Customer is null ? "if_required" : null;

    public SessionCustomer? CustomerDetails { get; init; }

    public string? CustomerEmail { get; init; }

    public IReadOnlyList<string>? Discounts => [];

    public required long ExpiresAt { get; init; }

    public string? IntegrationIdentifier => null;

    public string? Invoice => null;

    public string? InvoiceCreation => null;

    public bool Livemode => false;

    public string? Locale { get; init; }

    public string? ManagedPayments => null;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public string Mode => "payment";

    public string? OriginContext => null;

    /// <summary>The payment, from the customer's first try on.</summary>
    public string? PaymentIntent { get; init; }

    public string? PaymentLink => null;

    public string? PaymentMethodCollection => "if_required";

    public string? PaymentMethodConfigurationDetails => null;

    public SessionMethodOptions PaymentMethodOptions => new();

    public IReadOnlyList<string> PaymentMethodTypes => ["card"];

    /// <summary><c>unpaid</c> until the money is captured, then <c>paid</c>.</summary>
    public string PaymentStatus { get; init; } = "unpaid";

    public string? Permissions => null;

    public SessionFlag PhoneNumberCollection => new(false);

    public string? RecoveredFrom => null;

    public string? SavedPaymentMethodOptions => null;

    public string? SetupIntent => null;

    public string? ShippingAddressCollection => null;

    public string? ShippingCost => null;

    public IReadOnlyList<string> ShippingOptions => [];

    /// <summary><c>open</c>, <c>complete</c> or <c>expired</c>.</summary>
    public required string Status { get; init; }

    public string? SubmitType { get; init; }

    public string? Subscription => null;

    public string? SuccessUrl { get; init; }

    public SessionTotals TotalDetails => new(0, 0, 0);

    public string UiMode => "hosted_page";

    /// <summary>The page; null once it is closed.</summary>
    public string? Url { get; init; }

    public string? WalletOptions => null;
}

public sealed record SessionTax
{
    public bool Enabled => false;

    public string? Liability => null;

    public string? Provider => null;

    public string? Status => null;
}

public sealed record SessionText
{
    public string? AfterSubmit => null;

    public string? ShippingAddress => null;

    public string? Submit => null;

    public string? TermsOfServiceAcceptance => null;
}

/// <summary>Who pays, as the page knows it.</summary>
public sealed record SessionCustomer(string? Email, string? Name)
{
    public Address? Address { get; init; }

    public string? BusinessName => null;

    public string? IndividualName => null;

    public string? Phone { get; init; }

    public string TaxExempt => "none";

    public IReadOnlyList<string>? TaxIds => [];
}

public sealed record SessionMethodOptions
{
    public SessionCardOptions Card => new();
}

public sealed record SessionCardOptions
{
    public string RequestThreeDSecure => "automatic";
}

public sealed record SessionFlag(bool Enabled);

public sealed record SessionTotals(long AmountDiscount, long AmountShipping, long AmountTax);

/// <summary>What only the merchant's grain knows of a session.</summary>
/// <param name="Intent">What its payment is to be made with.</param>
/// <param name="EndsAtMs">When it is looked at for its end, in milliseconds since 1970; 0 where it has ended.</param>
/// <param name="Secret">What its page has in place of a key.</param>
public sealed record SessionRecord(IReadOnlyList<SessionItem> Items, IntentFields Intent, long EndsAtMs, string Secret);
