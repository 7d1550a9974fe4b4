using System.CommandLine;
using System.Text.Json;

namespace Silo.Embedded.Commands.Merchants;

/// <summary>Makes something happen that causes an event, with real objects, so that a merchant sees how its backend takes it.</summary>
internal static class TriggerCommand
{
    private static readonly string[] Events =
    [
        "payment_intent.created", "payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.requires_action", "payment_intent.canceled",
        "payment_intent.amount_capturable_updated", "charge.succeeded", "charge.failed", "charge.captured", "charge.refunded", "charge.dispute.created",
        "refund.created", "customer.created", "customer.updated", "customer.deleted", "setup_intent.succeeded", "setup_intent.created", "payment_method.attached",
    ];

    private static readonly Argument<string> Event = new("EVENT") { Description = "The event's type: " + string.Join(", ", Events) };

    public static DescribedCommand Create()
    {
        Event.AcceptOnlyFromAmong(Events);
        var command = new DescribedCommand("trigger", "Cause an event, with real objects in the sandbox.", "./run trigger payment_intent.succeeded", "./run trigger charge.refunded --json")
        {
            Event, ServerConnection.Url, MerchantConnection.Key, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        using var merchant = new MerchantConnection(parsed);
        var type = parsed.GetValue(Event)!;
        var caused = await Cause(merchant, type, cancellationToken);
        var subject = caused.TryGetProperty("error", out var error) && error.TryGetProperty("payment_intent", out var failed) ? failed : caused;
        if (screen.IsJson)
            Screen.WriteJson(new { type, @object = subject.Text("id") });
        else
            screen.Line($"{type}  {subject.Text("id")}");
        return ExitCode.Done;
    }

    private static async Task<JsonElement> Cause(MerchantConnection merchant, string type, CancellationToken end)
    {
        Task<JsonElement> Post(string path, params (string, string)[] form) => merchant.Send(HttpMethod.Post, path, end, form);
        Task<JsonElement> Pay(string card, params (string, string)[] more) => Post("/v1/payment_intents", [("amount", "2000"), ("currency", "usd"), ("payment_method", card), ("confirm", "true"), .. more]);
        switch (type)
        {
            case "payment_intent.created":
                return await Post("/v1/payment_intents", ("amount", "2000"), ("currency", "usd"));
            case "payment_intent.payment_failed" or "charge.failed":
                return await Pay("pm_card_visa_chargeDeclined");
            case "payment_intent.requires_action":
                return await Pay("pm_card_threeDSecure2Required");
            case "payment_intent.canceled":
                return await Post($"/v1/payment_intents/{(await Pay("pm_card_visa", ("capture_method", "manual"))).Text("id")}/cancel");
            case "payment_intent.amount_capturable_updated":
                return await Pay("pm_card_visa", ("capture_method", "manual"));
            case "charge.captured":
                return await Post($"/v1/payment_intents/{(await Pay("pm_card_visa", ("capture_method", "manual"))).Text("id")}/capture");
            case "charge.refunded" or "refund.created":
                return await Post("/v1/refunds", ("payment_intent", (await Pay("pm_card_visa")).Text("id")!));
            case "charge.dispute.created":
                return await Pay("pm_card_createDispute");
            case "customer.created":
                return await Post("/v1/customers", ("name", "Ada Lovelace"));
            case "customer.updated":
                return await Post($"/v1/customers/{(await Post("/v1/customers", ("name", "Ada Lovelace"))).Text("id")}", ("name", "Grace Hopper"));
            case "customer.deleted":
                return await merchant.Send(HttpMethod.Delete, $"/v1/customers/{(await Post("/v1/customers", ("name", "Ada Lovelace"))).Text("id")}", end);
            case "setup_intent.created":
                return await Post("/v1/setup_intents", ("usage", "off_session"));
            case "setup_intent.succeeded":
                return await Post("/v1/setup_intents", ("payment_method", "pm_card_visa"), ("confirm", "true"));
            case "payment_method.attached":
                return await Post("/v1/payment_methods/pm_card_visa/attach", ("customer", (await Post("/v1/customers", ("name", "Ada Lovelace"))).Text("id")!));
            default:
                return await Pay("pm_card_visa");
        }
    }
}
