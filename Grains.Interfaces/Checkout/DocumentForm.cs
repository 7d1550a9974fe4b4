using System.Text.Json.Serialization.Metadata;

namespace Grains.Interfaces.Checkout;

/// <summary>How each kind of document is written.</summary>
public static class DocumentForm
{
    /// <summary>How the object of a kind is written.</summary>
    public static JsonTypeInfo Public(DocumentKind kind) => kind switch
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
    };

    /// <summary>How what its grain keeps beside it is written; null where it keeps nothing.</summary>
    public static JsonTypeInfo? Private(DocumentKind kind) => kind switch
    {
        DocumentKind.PaymentMethod => CheckoutJson.Default.PaymentMethodRecord,
        DocumentKind.PaymentIntent => CheckoutJson.Default.IntentRecord,
        DocumentKind.SetupIntent => CheckoutJson.Default.SetupRecord,
        DocumentKind.Charge => CheckoutJson.Default.ChargeRecord,
        DocumentKind.Refund => CheckoutJson.Default.RefundRecord,
        DocumentKind.WebhookEndpoint => CheckoutJson.Default.EndpointRecord,
        DocumentKind.Token => CheckoutJson.Default.TokenRecord,
        DocumentKind.Dispute => CheckoutJson.Default.DisputeRecord,
        DocumentKind.Payout => CheckoutJson.Default.PayoutRecord,
        DocumentKind.CheckoutSession => CheckoutJson.Default.SessionRecord,
        DocumentKind.Customer or DocumentKind.BalanceTransaction or DocumentKind.Event or DocumentKind.Delivery or DocumentKind.StoredRequest
            or DocumentKind.Maturing => null,
    };
}
