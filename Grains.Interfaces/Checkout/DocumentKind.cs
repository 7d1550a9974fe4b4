namespace Grains.Interfaces.Checkout;

/// <summary>What a merchant's document is. The number is stored: never reuse one. From 64 on they are no objects of the API's.</summary>
public enum DocumentKind : byte
{
    Customer = 1,
    PaymentMethod = 2,
    PaymentIntent = 3,
    SetupIntent = 4,
    Charge = 5,
    Refund = 6,
    BalanceTransaction = 7,
    Event = 8,
    Dispute = 9,
    Payout = 10,
    WebhookEndpoint = 11,
    Token = 12,
    CheckoutSession = 13,

    /// <summary>An event's way to one endpoint.</summary>
    Delivery = 14,

    /// <summary>What a merchant sees of the fraud case of one of its payments.</summary>
    Review = 15,

    /// <summary>A fraud case of one of the merchant's payments: listed for analysts, over all merchants of a shard.</summary>
    FraudCase = 20,

    /// <summary>A request under an idempotency key, and its first answer.</summary>
    StoredRequest = 64,

    /// <summary>What of a balance in one currency matures when.</summary>
    Maturing = 65,
}
