using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What the lists of each kind can be narrowed to.</summary>
internal static class DocumentLinks
{
    /// <summary>All of a merchant's documents of what is maturing.</summary>
    public const string Maturing = "maturing";

    /// <summary>Reviews that wait for a word.</summary>
    public const string OpenReviews = "open:true";

    public static IReadOnlyList<string> Of(object value) => value switch
    {
        PaymentMethod { Customer: { } customer } => ["customer:" + customer],
        PaymentIntent { Customer: { } customer } => ["customer:" + customer],
        SetupIntent setup => Some(setup.Customer is null ? null : "customer:" + setup.Customer, setup.PaymentMethod is null ? null : "payment_method:" + setup.PaymentMethod),
        Charge charge => Some("payment_intent:" + charge.PaymentIntent, charge.Customer is null ? null : "customer:" + charge.Customer),
        Refund refund => ["charge:" + refund.Charge, "payment_intent:" + refund.PaymentIntent],
        BalanceTransaction transaction => ["type:" + transaction.Type, "source:" + transaction.Source, "currency:" + transaction.Currency],
        EventRecord happened => ["type:" + happened.Type],
        Dispute dispute => ["charge:" + dispute.Charge, "payment_intent:" + dispute.PaymentIntent],
        Payout payout => ["status:" + payout.Status, "destination:" + payout.Destination],
        CheckoutSession session => Some(session.PaymentIntent is null ? null : "payment_intent:" + session.PaymentIntent, session.Customer is null ? null : "customer:" + session.Customer),
        Delivery delivery => Of(delivery),
        Review { Open: true } => [OpenReviews],
        Interfaces.Checkout.Maturing => [Maturing],
        _ => [],
    };

    /// <summary>The line in which an object's events wait for an endpoint.</summary>
    public static string Line(long endpoint, long subject) => $"line:{endpoint}:{subject}";

    private static string[] Of(Delivery delivery) => delivery.Status switch
    {
        DeliveryStatus.Pending => ["endpoint:" + delivery.Endpoint, "event:" + delivery.Event, "pending", Line(delivery.Endpoint, delivery.Subject)],
        DeliveryStatus.Delivered => ["endpoint:" + delivery.Endpoint, "event:" + delivery.Event],
        DeliveryStatus.Dead => ["endpoint:" + delivery.Endpoint, "event:" + delivery.Event, "dead"],
    };

    private static string[] Some(string? first, string? second) => (first, second) switch
    {
        (null, null) => [],
        (null, _) => [second],
        (_, null) => [first],
        _ => [first, second],
    };
}
