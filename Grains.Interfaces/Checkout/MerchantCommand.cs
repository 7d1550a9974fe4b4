using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>What a merchant asks for. Validated by its form; the grain decides.</summary>
[JsonDerivedType(typeof(SaveCustomer), "save_customer")]
[JsonDerivedType(typeof(DeleteCustomer), "delete_customer")]
[JsonDerivedType(typeof(CreateToken), "create_token")]
[JsonDerivedType(typeof(CreatePaymentMethod), "create_payment_method")]
[JsonDerivedType(typeof(UpdatePaymentMethod), "update_payment_method")]
[JsonDerivedType(typeof(AttachPaymentMethod), "attach_payment_method")]
[JsonDerivedType(typeof(DetachPaymentMethod), "detach_payment_method")]
[JsonDerivedType(typeof(CreateIntent), "create_intent")]
[JsonDerivedType(typeof(UpdateIntent), "update_intent")]
[JsonDerivedType(typeof(ConfirmIntent), "confirm_intent")]
[JsonDerivedType(typeof(CaptureIntent), "capture_intent")]
[JsonDerivedType(typeof(CancelIntent), "cancel_intent")]
[JsonDerivedType(typeof(IncrementAuthorization), "increment_authorization")]
[JsonDerivedType(typeof(CreateRefund), "create_refund")]
[JsonDerivedType(typeof(UpdateRefund), "update_refund")]
[JsonDerivedType(typeof(UpdateCharge), "update_charge")]
[JsonDerivedType(typeof(CompleteChallenge), "complete_challenge")]
[JsonDerivedType(typeof(CreateSetup), "create_setup")]
[JsonDerivedType(typeof(UpdateSetup), "update_setup")]
[JsonDerivedType(typeof(ConfirmSetup), "confirm_setup")]
[JsonDerivedType(typeof(CancelSetup), "cancel_setup")]
[JsonDerivedType(typeof(SaveEndpoint), "save_endpoint")]
[JsonDerivedType(typeof(DeleteEndpoint), "delete_endpoint")]
[JsonDerivedType(typeof(UpdateDispute), "update_dispute")]
[JsonDerivedType(typeof(CloseDispute), "close_dispute")]
[JsonDerivedType(typeof(CreatePayout), "create_payout")]
[JsonDerivedType(typeof(UpdatePayout), "update_payout")]
[JsonDerivedType(typeof(CancelPayout), "cancel_payout")]
[JsonDerivedType(typeof(CreateSession), "create_session")]
[JsonDerivedType(typeof(UpdateSession), "update_session")]
[JsonDerivedType(typeof(ExpireSession), "expire_session")]
[JsonDerivedType(typeof(PaySession), "pay_session")]
public abstract record MerchantCommand;

/// <summary>A text that an update sets, clears (an empty one) or leaves alone (null itself).</summary>
public sealed record Text(string Value)
{
    /// <summary>The value after an update.</summary>
    public static string? After(Text? update, string? before) => update is null ? before : update.Value.Length == 0 ? null : update.Value;
}

/// <summary>Changes of metadata: a pair with an empty value is removed.</summary>
public sealed record MetadataUpdate(IReadOnlyDictionary<string, string> Pairs, bool Clear)
{
    public static IReadOnlyDictionary<string, string> After(MetadataUpdate? update, IReadOnlyDictionary<string, string> before)
    {
        if (update is null)
            return before;
        var after = update.Clear ? [] : new Dictionary<string, string>(before);
        foreach (var (key, value) in update.Pairs)
        {
            if (value.Length == 0)
                after.Remove(key);
            else
                after[key] = value;
        }

        return after;
    }
}

/// <summary>Creates a customer (no <paramref name="Id"/>) or changes one.</summary>
public sealed record SaveCustomer(
    string? Id, Text? Name, Text? Email, Text? Phone, Text? Description, Address? Address, Shipping? Shipping, string? PaymentMethod,
    string? DefaultPaymentMethod, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record DeleteCustomer(string Id) : MerchantCommand;

public sealed record CreateToken(CardFacts Facts, string? ClientIp, string? Name) : MerchantCommand;

/// <summary>A card by the token that its entry gave.</summary>
public sealed record MethodData(string Token, BillingDetails Billing, string? AllowRedisplay);

public sealed record CreatePaymentMethod(MethodData Data, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record UpdatePaymentMethod(string Id, BillingDetails? Billing, int? ExpMonth, int? ExpYear, string? AllowRedisplay, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record AttachPaymentMethod(string Id, string Customer) : MerchantCommand;

public sealed record DetachPaymentMethod(string Id) : MerchantCommand;

/// <summary>What an intent may be told at creation and update; null leaves it alone.</summary>
public sealed record IntentFields
{
    public long? Amount { get; init; }

    public string? Currency { get; init; }

    public string? CaptureMethod { get; init; }

    public string? ConfirmationMethod { get; init; }

    public string? Customer { get; init; }

    public Text? Description { get; init; }

    public string? PaymentMethod { get; init; }

    public MethodData? PaymentMethodData { get; init; }

    public Text? ReceiptEmail { get; init; }

    public string? SetupFutureUsage { get; init; }

    public Shipping? Shipping { get; init; }

    public Text? StatementDescriptor { get; init; }

    public Text? StatementDescriptorSuffix { get; init; }

    public CardOptionsUpdate? CardOptions { get; init; }

    public AutomaticPaymentMethods? AutomaticPaymentMethods { get; init; }

    public MetadataUpdate? Metadata { get; init; }
}

/// <summary>How an intent is to be confirmed.</summary>
public sealed record ConfirmFields
{
    public string? PaymentMethod { get; init; }

    public MethodData? PaymentMethodData { get; init; }

    public string? ReturnUrl { get; init; }

    public bool OffSession { get; init; }

    public bool ErrorOnRequiresAction { get; init; }

    public string? SetupFutureUsage { get; init; }

    public string? CaptureMethod { get; init; }

    public Text? ReceiptEmail { get; init; }

    public Shipping? Shipping { get; init; }

    public CardOptionsUpdate? CardOptions { get; init; }

    /// <summary>Whether a cardholder's browser asks, with a publishable key.</summary>
    public bool FromBrowser { get; init; }

    /// <summary>The page opens a challenge by itself, with <c>/checkout.js</c>.</summary>
    public bool UseSdk { get; init; }

    /// <summary>The cardholder's address, where the cardholder's browser asks.</summary>
    public string? ClientIp { get; init; }
}

/// <summary>Changes of what an intent asks of card payments; null leaves one alone.</summary>
public sealed record CardOptionsUpdate(string? RequestThreeDSecure = null, string? RequestMulticapture = null, string? RequestIncrementalAuthorization = null);

public sealed record CreateIntent(IntentFields Fields, ConfirmFields? Confirm) : MerchantCommand;

public sealed record UpdateIntent(string Id, IntentFields Fields) : MerchantCommand;

public sealed record ConfirmIntent(string Id, ConfirmFields Fields) : MerchantCommand;

/// <summary>Takes an amount of an authorization: all that is left where none is given. Nothing, as the last one, releases what is left.</summary>
/// <param name="Final">Whether what is left after it is released.</param>
public sealed record CaptureIntent(string Id, long? Amount, bool Final, Text? StatementDescriptor, Text? StatementDescriptorSuffix, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record CancelIntent(string Id, string? Reason) : MerchantCommand;

/// <summary>Raises an authorization to <paramref name="Amount"/> in all.</summary>
public sealed record IncrementAuthorization(string Id, long Amount, Text? Description, Text? StatementDescriptor, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record CreateRefund(string? Charge, string? PaymentIntent, long? Amount, string? Reason, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record UpdateRefund(string Id, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record UpdateCharge(string Id, Text? Description, Text? ReceiptEmail, Shipping? Shipping, MetadataUpdate? Metadata) : MerchantCommand;

/// <summary>What the cardholder did at the challenge of an intent or setup intent.</summary>
public sealed record CompleteChallenge(string Id, string Challenge, bool Passed) : MerchantCommand;

public sealed record SetupFields
{
    public string? Customer { get; init; }

    public Text? Description { get; init; }

    public string? PaymentMethod { get; init; }

    public MethodData? PaymentMethodData { get; init; }

    public string? Usage { get; init; }

    public AutomaticPaymentMethods? AutomaticPaymentMethods { get; init; }

    public MetadataUpdate? Metadata { get; init; }
}

public sealed record CreateSetup(SetupFields Fields, ConfirmFields? Confirm) : MerchantCommand;

public sealed record UpdateSetup(string Id, SetupFields Fields) : MerchantCommand;

public sealed record ConfirmSetup(string Id, ConfirmFields Fields) : MerchantCommand;

public sealed record CancelSetup(string Id, string? Reason) : MerchantCommand;

/// <summary>Creates an endpoint (no <paramref name="Id"/>) or changes one.</summary>
/// <param name="RotateSecret">Gives it a new secret; the one before signs too for a day.</param>
/// <param name="IsStandard">Makes a neutral one, with Standard Webhooks headers; it stays what it was made.</param>
public sealed record SaveEndpoint(
    string? Id, string? Url, IReadOnlyList<string>? EnabledEvents, string? ApiVersion, Text? Description, bool? Disabled, bool RotateSecret,
    MetadataUpdate? Metadata, bool IsStandard = false) : MerchantCommand;

public sealed record DeleteEndpoint(string Id) : MerchantCommand;

/// <param name="Submit">Whether the bank is told at once; false stages the evidence; null is true where evidence comes with it.</param>
public sealed record UpdateDispute(string Id, DisputeEvidence? Evidence, bool? Submit, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record CloseDispute(string Id) : MerchantCommand;

/// <summary>The merchant looked at a payment, and it is all right.</summary>
public sealed record ApproveReview(string Id) : MerchantCommand;

/// <summary>Sends available money to the merchant's bank account.</summary>
/// <param name="Destination">One of the bank accounts that it has; null for the first.</param>
public sealed record CreatePayout(
    long Amount, string Currency, string? Description, string? Destination, string Method, string? StatementDescriptor, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record UpdatePayout(string Id, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record CancelPayout(string Id) : MerchantCommand;

/// <summary>Opens a hosted page that asks a customer for one payment.</summary>
/// <param name="Intent">What the payment is to be made with; its amount is that of the items.</param>
/// <param name="ExpiresAt">Seconds since 1970; null for a day from now.</param>
public sealed record CreateSession(
    IReadOnlyList<SessionItem> Items, IntentFields Intent, string? SuccessUrl, string? CancelUrl, string? ClientReferenceId, string? CustomerEmail, string? Locale,
    string? SubmitType, long? ExpiresAt, MetadataUpdate? Metadata) : MerchantCommand;

/// <summary>What is sold: <paramref name="Quantity"/> times <paramref name="UnitAmount"/> minor units.</summary>
public sealed record SessionItem(string Name, string? Description, IReadOnlyList<string> Images, long UnitAmount, long Quantity);

public sealed record UpdateSession(string Id, MetadataUpdate? Metadata) : MerchantCommand;

public sealed record ExpireSession(string Id) : MerchantCommand;

/// <summary>The customer pays on the hosted page.</summary>
public sealed record PaySession(string Id, string Token, string? Email, string? Name, string? ClientIp) : MerchantCommand;
