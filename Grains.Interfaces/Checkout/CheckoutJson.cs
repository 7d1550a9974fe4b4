using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>Checkout objects as the JSON of Stripe's wire: what is stored is what is answered.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Customer))]
[JsonSerializable(typeof(DeletedObject))]
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
[JsonSerializable(typeof(MerchantBalance))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(Dispute))]
[JsonSerializable(typeof(DisputeRecord))]
[JsonSerializable(typeof(WebhookEndpoint))]
[JsonSerializable(typeof(EndpointRecord))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(CardToken))]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(StoredRequest))]
[JsonSerializable(typeof(ErrorBody))]
public sealed partial class CheckoutJson : JsonSerializerContext;
