using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>
/// What a publishable key sees of an intent: the fields that Stripe's reference marks as retrievable with one. The rest is the
/// merchant's own: its notes, its customer, what it earned.
/// </summary>
internal static class BrowserView
{
    private static readonly FrozenSet<string> OfPayment = FrozenSet.Create(
        "id", "object", "amount", "amount_details", "automatic_payment_methods", "canceled_at", "cancellation_reason", "capture_method", "client_secret", "confirmation_method", "created", "currency",
        "description", "last_payment_error", "livemode", "next_action", "payment_method", "payment_method_configuration_details", "payment_method_types", "processing", "receipt_email",
        "setup_future_usage", "shipping", "source", "status");

    private static readonly FrozenSet<string> OfSetup = FrozenSet.Create(
        "id", "object", "automatic_payment_methods", "cancellation_reason", "client_secret", "created", "description", "last_setup_error", "livemode", "next_action", "payment_method",
        "payment_method_configuration_details", "payment_method_types", "status", "usage");

    /// <summary>The answer with no more of an intent than that, also of one inside an error.</summary>
    public static WireAnswer Of(WireAnswer answer)
    {
        if (JsonNode.Parse(answer.Body) is not JsonObject root)
            return answer;
        Narrow(root);
        if (root["error"] is JsonObject error)
            foreach (var name in (string[])["payment_intent", "setup_intent"])
                if (error[name] is JsonObject intent)
                    Narrow(intent);
        return answer with { Body = JsonSerializer.SerializeToUtf8Bytes(root) };
    }

    private static void Narrow(JsonObject shown)
    {
        var seen = shown["object"]?.GetValueKind() == JsonValueKind.String ? shown["object"]!.GetValue<string>() : null;
        if ((seen switch { "payment_intent" => OfPayment, "setup_intent" => OfSetup, _ => null }) is not { } fields)
            return;
        foreach (var name in shown.Select(static field => field.Key).Where(name => !fields.Contains(name)).ToList())
            shown.Remove(name);
    }
}
