using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>
/// Checkout objects as they are stored: as on the wire, without what is null and what every object of its kind says alike. Half of
/// an object on Stripe's wire is that, and each byte of it would be checked, sealed, hashed and written with every state.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Customer))]
[JsonSerializable(typeof(PaymentMethod))]
[JsonSerializable(typeof(PaymentMethodRecord))]
[JsonSerializable(typeof(PaymentIntent))]
[JsonSerializable(typeof(IntentRecord))]
[JsonSerializable(typeof(SetupIntent))]
[JsonSerializable(typeof(SetupRecord))]
[JsonSerializable(typeof(Charge))]
[JsonSerializable(typeof(ChargeRecord))]
[JsonSerializable(typeof(Refund))]
[JsonSerializable(typeof(RefundRecord))]
[JsonSerializable(typeof(BalanceTransaction))]
[JsonSerializable(typeof(Maturing))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(Payout))]
[JsonSerializable(typeof(PayoutRecord))]
[JsonSerializable(typeof(CheckoutSession))]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(Review))]
[JsonSerializable(typeof(ReviewRecord))]
[JsonSerializable(typeof(Dispute))]
[JsonSerializable(typeof(DisputeRecord))]
[JsonSerializable(typeof(WebhookEndpoint))]
[JsonSerializable(typeof(EndpointRecord))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(CardToken))]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(StoredRequest))]
public sealed partial class StoredJson : JsonSerializerContext;
