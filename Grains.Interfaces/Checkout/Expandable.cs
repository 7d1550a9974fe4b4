using System.Text.Json.Serialization.Metadata;

namespace Grains.Interfaces.Checkout;

/// <summary>
/// Which paths may be shown whole in what an acquirer is asked for first: its answer makes the objects, and a path that none of them
/// has must be refused before.
/// </summary>
public static class Expandable
{
    private static readonly Dictionary<DocumentKind, JsonTypeInfo> Forms = new()
    {
        [DocumentKind.PaymentIntent] = CheckoutJson.Default.PaymentIntent,
        [DocumentKind.SetupIntent] = CheckoutJson.Default.SetupIntent,
        [DocumentKind.Charge] = CheckoutJson.Default.Charge,
        [DocumentKind.Refund] = CheckoutJson.Default.Refund,
        [DocumentKind.Dispute] = CheckoutJson.Default.Dispute,
        [DocumentKind.BalanceTransaction] = CheckoutJson.Default.BalanceTransaction,
        [DocumentKind.Review] = CheckoutJson.Default.Review,
        [DocumentKind.Customer] = CheckoutJson.Default.Customer,
        [DocumentKind.PaymentMethod] = CheckoutJson.Default.PaymentMethod,
    };

    /// <summary>The refusal of the first path that cannot be; null where all can.</summary>
    public static WireAnswer? Refuse(RequestFacts request, DocumentKind kind) =>
        request.Expand.FirstOrDefault(path => !CanBe(kind, path.Split('.'))) is { } path ? Refusal(request, path) : null;

    public static WireAnswer Refusal(RequestFacts request, string path) => WireError.Invalid(request, $"This property cannot be expanded ({path}).", "expand");

    private static bool CanBe(DocumentKind kind, ReadOnlySpan<string> path)
    {
        var name = path[0];
        if (kind == DocumentKind.Charge && name == "refunds")
            return true;
        if (!Forms[kind].Properties.Any(property => property.Name == name))
            return false;
        return path.Length == 1 || Target(name) is not { } target || CanBe(target, path[1..]);
    }

    private static DocumentKind? Target(string name) => name switch
    {
        "latest_charge" or "charge" => DocumentKind.Charge,
        "payment_intent" => DocumentKind.PaymentIntent,
        "balance_transaction" or "failure_balance_transaction" => DocumentKind.BalanceTransaction,
        "review" => DocumentKind.Review,
        "customer" => DocumentKind.Customer,
        "payment_method" => DocumentKind.PaymentMethod,
        _ => null,
    };
}
