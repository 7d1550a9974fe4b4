using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grains.Interfaces.Fraud;

namespace Grains.Interfaces.Checkout;

/// <summary>How each kind of document is written.</summary>
public static class DocumentForm
{
    /// <summary>A stored object as the wire shows it.</summary>
    public static byte[] Show(DocumentKind kind, ReadOnlyMemory<byte> stored) =>
        JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize(stored.Span, Stored(kind)), Shown(kind));

    /// <summary>How the object of a kind is shown on the wire.</summary>
    public static JsonTypeInfo Shown(DocumentKind kind) => kind switch
    {
        DocumentKind.Customer => CheckoutJson.Default.Customer,
        DocumentKind.PaymentMethod => CheckoutJson.Default.PaymentMethod,
        DocumentKind.PaymentIntent => CheckoutJson.Default.PaymentIntent,
        DocumentKind.SetupIntent => CheckoutJson.Default.SetupIntent,
        DocumentKind.Charge => CheckoutJson.Default.Charge,
        DocumentKind.Refund => CheckoutJson.Default.Refund,
        DocumentKind.BalanceTransaction => CheckoutJson.Default.BalanceTransaction,
        DocumentKind.Event => CheckoutJson.Default.EventRecord,
        DocumentKind.Dispute => CheckoutJson.Default.Dispute,
        DocumentKind.WebhookEndpoint => CheckoutJson.Default.WebhookEndpoint,
        DocumentKind.Token => CheckoutJson.Default.CardToken,
        DocumentKind.Delivery => CheckoutJson.Default.Delivery,
        DocumentKind.StoredRequest => CheckoutJson.Default.StoredRequest,
        DocumentKind.Maturing => CheckoutJson.Default.Maturing,
        DocumentKind.Payout => CheckoutJson.Default.Payout,
        DocumentKind.CheckoutSession => CheckoutJson.Default.CheckoutSession,
        DocumentKind.Review => CheckoutJson.Default.Review,
        DocumentKind.FraudCase => FraudJson.Default.FraudCase,
    };

    /// <summary>How the object of a kind is stored.</summary>
    public static JsonTypeInfo Stored(DocumentKind kind) => kind switch
    {
        DocumentKind.Customer => StoredJson.Default.Customer,
        DocumentKind.PaymentMethod => StoredJson.Default.PaymentMethod,
        DocumentKind.PaymentIntent => StoredJson.Default.PaymentIntent,
        DocumentKind.SetupIntent => StoredJson.Default.SetupIntent,
        DocumentKind.Charge => StoredJson.Default.Charge,
        DocumentKind.Refund => StoredJson.Default.Refund,
        DocumentKind.BalanceTransaction => StoredJson.Default.BalanceTransaction,
        DocumentKind.Event => StoredJson.Default.EventRecord,
        DocumentKind.Dispute => StoredJson.Default.Dispute,
        DocumentKind.WebhookEndpoint => StoredJson.Default.WebhookEndpoint,
        DocumentKind.Token => StoredJson.Default.CardToken,
        DocumentKind.Delivery => StoredJson.Default.Delivery,
        DocumentKind.StoredRequest => StoredJson.Default.StoredRequest,
        DocumentKind.Maturing => StoredJson.Default.Maturing,
        DocumentKind.Payout => StoredJson.Default.Payout,
        DocumentKind.CheckoutSession => StoredJson.Default.CheckoutSession,
        DocumentKind.Review => StoredJson.Default.Review,
        DocumentKind.FraudCase => FraudJson.Default.FraudCase,
    };

    /// <summary>How what its grain keeps beside it is stored; null where it keeps nothing.</summary>
    public static JsonTypeInfo? Private(DocumentKind kind) => kind switch
    {
        DocumentKind.PaymentMethod => StoredJson.Default.PaymentMethodRecord,
        DocumentKind.PaymentIntent => StoredJson.Default.IntentRecord,
        DocumentKind.SetupIntent => StoredJson.Default.SetupRecord,
        DocumentKind.Charge => StoredJson.Default.ChargeRecord,
        DocumentKind.Refund => StoredJson.Default.RefundRecord,
        DocumentKind.WebhookEndpoint => StoredJson.Default.EndpointRecord,
        DocumentKind.Token => StoredJson.Default.TokenRecord,
        DocumentKind.Dispute => StoredJson.Default.DisputeRecord,
        DocumentKind.Payout => StoredJson.Default.PayoutRecord,
        DocumentKind.CheckoutSession => StoredJson.Default.SessionRecord,
        DocumentKind.Review => StoredJson.Default.ReviewRecord,
        DocumentKind.Customer or DocumentKind.BalanceTransaction or DocumentKind.Event or DocumentKind.Delivery or DocumentKind.StoredRequest
            or DocumentKind.Maturing or DocumentKind.FraudCase => null,
    };
}
