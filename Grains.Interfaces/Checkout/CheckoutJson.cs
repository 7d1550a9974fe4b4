using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>Checkout objects as the JSON of Stripe's wire.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Customer))]
[JsonSerializable(typeof(DeletedObject))]
[JsonSerializable(typeof(PaymentMethod))]
[JsonSerializable(typeof(PaymentIntent))]
[JsonSerializable(typeof(SetupIntent))]
[JsonSerializable(typeof(Charge))]
[JsonSerializable(typeof(Refund))]
[JsonSerializable(typeof(BalanceTransaction))]
[JsonSerializable(typeof(Maturing))]
[JsonSerializable(typeof(MerchantBalance))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(Payout))]
[JsonSerializable(typeof(CheckoutSession))]
[JsonSerializable(typeof(Review))]
[JsonSerializable(typeof(Dispute))]
[JsonSerializable(typeof(WebhookEndpoint))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(CardToken))]
[JsonSerializable(typeof(StoredRequest))]
[JsonSerializable(typeof(ErrorBody))]
public sealed partial class CheckoutJson : JsonSerializerContext;
