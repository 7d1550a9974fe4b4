using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Checkout.Tests;

/// <summary>Answers have the shape that Stripe's OpenAPI document and the SDK's own types say.</summary>
public sealed partial class SchemaTests(SandboxProduct product) : IClassFixture<SandboxProduct>
{
    /// <summary>What came, went or was renamed since the document was published.</summary>
    private static readonly string[] Since = ["ui_mode may not be hosted_page", "POST /v1/checkout/sessions/{id}: there is no such operation"];

    /// <summary>The last one runs through all events that the others caused.</summary>
    private static readonly string[] Scripts =
        ["customers.mjs", "cards.mjs", "captures.mjs", "refunds.mjs", "challenges.mjs", "setups.mjs", "lists.mjs", "search.mjs", "payouts.mjs", "sessions.mjs", "webhooks.mjs", "currencies.mjs", "requests.mjs", "events.mjs"];

    /// <summary>Every type of event that there is.</summary>
    private static readonly string[] EventTypes =
    [
        "charge.captured", "charge.dispute.closed", "charge.dispute.created", "charge.dispute.funds_reinstated", "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.expired", "charge.failed",
        "charge.refund.updated", "charge.refunded", "charge.succeeded", "charge.updated", "checkout.session.completed", "checkout.session.expired", "customer.created", "customer.deleted", "customer.updated",
        "payment_intent.amount_capturable_updated", "payment_intent.canceled", "payment_intent.created", "payment_intent.payment_failed", "payment_intent.requires_action", "payment_intent.succeeded",
        "payment_method.attached", "payment_method.detached", "payment_method.updated", "payout.canceled", "payout.created", "payout.failed", "payout.paid", "payout.updated", "refund.created", "refund.failed", "refund.updated",
        "setup_intent.canceled", "setup_intent.created", "setup_intent.requires_action", "setup_intent.setup_failed", "setup_intent.succeeded",
    ];

    private static readonly Dictionary<string, string> TypeNames = new()
    {
        ["payment_intent"] = "PaymentIntent",
        ["charge"] = "Charge",
        ["refund"] = "Refund",
        ["customer"] = "Customer",
        ["payment_method"] = "PaymentMethod",
        ["balance"] = "Balance",
        ["balance_transaction"] = "BalanceTransaction",
        ["setup_intent"] = "SetupIntent",
        ["dispute"] = "Dispute",
        ["token"] = "Token",
        ["payout"] = "Payout",
        ["checkout.session"] = "Checkout.Session",
        ["item"] = "LineItem",
        ["webhook_endpoint"] = "WebhookEndpoint",
    };

    [Fact]
    public async Task Answers_fit_the_published_schema_and_the_types_of_the_SDK()
    {
        foreach (var script in Scripts)
            await NodeClient.Run(script, product.Url, ("RECORD", product.Records), ("TEST_CARDS", Material.Path("stripe/test_cards.json")));
        var answers = Directory.GetFiles(product.Records).Select(static file => RecordedAnswer.Read(JsonDocument.Parse(File.ReadAllText(file)).RootElement)).ToList();
        var objects = answers.SelectMany(static answer => Objects(answer.Body)).ToList();
        Assert.True(objects.Count > 200, $"Only {objects.Count} objects were recorded.");
        Assert.Empty(TypeNames.Keys.Except(objects.Select(static recorded => recorded.GetProperty("object").GetString()!)));
        Assert.Equal(EventTypes, objects.Where(static recorded => recorded.GetProperty("object").GetString() == "event").Select(static happened => happened.GetProperty("type").GetString()!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal([200, 400, 401, 402, 403, 404], answers.Select(static answer => answer.Status).Where(static status => status is not (409 or 429)).Distinct().Order());
        FitSchema(answers, objects);
        await FitTypes([.. answers.Where(static answer => !answer.IsPublishable)]);
    }

    private static void FitSchema(List<RecordedAnswer> answers, List<JsonElement> objects)
    {
        using var file = new GZipStream(File.OpenRead(Material.Path("stripe/openapi.2024-04-10.json.gz")), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(file);
        var schema = new OpenApiSchema(document.RootElement);
        // Each answer as its operation says: lists, results of searches and errors too; then each object, also inside of events.
        var faults = answers.SelectMany(answer => schema.CheckAnswer(answer)).Concat(objects.SelectMany(recorded => schema.Check(recorded.GetProperty("object").GetString()!, recorded)))
            .Where(static fault => !Since.Any(fault.Contains)).Distinct().Order().ToList();
        Assert.True(faults.Count == 0, string.Join("\n", faults.Take(40)));
    }

    private static async Task FitTypes(List<RecordedAnswer> answers)
    {
        var lines = answers.SelectMany(static answer => Objects(answer.Body)).Where(static recorded => !recorded.TryGetProperty("deleted", out _)).DistinctBy(Shape).Select(static recorded => (Type: TypeOf(recorded), Json: recorded))
            .Concat(answers.Where(static answer => answer.Status >= 400).Select(static answer => answer.Body.GetProperty("error")).DistinctBy(Shape).Select(static error => (Type: (string?)"Stripe.StripeRawError", Json: error)))
            .Concat(answers.Where(static answer => answer.Status == 200).Select(static answer => answer.Body).DistinctBy(Page).Select(static page => (Type: Page(page), Json: page)))
            .Where(static line => line.Type is not null).ToList();
        Assert.Contains(lines, static line => line.Type == "Stripe.ApiSearchResult<Stripe.Charge>");
        Assert.Contains(lines, static line => line.Type == "Stripe.ApiList<Stripe.Payout>");
        var text = new StringBuilder("import type { Stripe } from 'stripe';\n");
        for (var i = 0; i < lines.Count; i++)
            text.Append("export const recorded").Append(i).Append(": ").Append(lines[i].Type).Append(" = ").Append(DecimalForm().Replace(Typed(lines[i].Json), "$1null")).Append(";\n");
        var path = Path.Combine(NodeClient.Folder, $"recorded-{Environment.ProcessId}.ts");
        await File.WriteAllTextAsync(path, text.ToString());
        try
        {
            await NodeClient.Compile(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // What was not there before an event is null in it, which is no type of what may only be absent.
    private static string Typed(JsonElement recorded)
    {
        var json = JsonNode.Parse(recorded.GetRawText())!;
        var events = json["object"]?.ToString() switch { "event" => new JsonNode?[] { json }, "list" => json["data"]!.AsArray().Where(static item => item!["object"]!.ToString() == "event"), _ => Enumerable.Empty<JsonNode?>() };
        foreach (var happened in events)
            if (happened!["data"]!["previous_attributes"] is JsonObject previous)
                foreach (var name in previous.Where(static field => field.Value is null).Select(static field => field.Key).ToList())
                    previous.Remove(name);
        return json.ToJsonString();
    }

    // An event's type is the one of the union that has its name: none, where Stripe has no such event.
    private static string? TypeOf(JsonElement recorded) => recorded.GetProperty("object").GetString() switch
    {
        "event" => $"Extract<Stripe.Event, {{ type: '{recorded.GetProperty("type").GetString()}' }}>",
        var name => TypeNames.TryGetValue(name!, out var type) ? "Stripe." + type : null,
    };

    // A page of a list or a search, and of what; null for none.
    private static string? Page(JsonElement body)
    {
        if (!body.TryGetProperty("object", out var name) || name.GetString() is not ("list" or "search_result") || body.GetProperty("data").EnumerateArray().FirstOrDefault() is not { ValueKind: JsonValueKind.Object } first)
            return null;
        var of = first.GetProperty("object").GetString() == "event" ? "Stripe.Event" : TypeOf(first);
        return of is null ? null : name.GetString() == "list" ? $"Stripe.ApiList<{of}>" : $"Stripe.ApiSearchResult<{of}>";
    }

    // A string on the wire; the SDK makes a Decimal of it as it reads, and its type is that one's.
    [GeneratedRegex("(\"unit_amount_decimal\":)\"[0-9]+\"")]
    private static partial Regex DecimalForm();

    // One of each shape: which fields there are, and which of them are null.
    private static string Shape(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(",", element.EnumerateObject().Select(static field => field.Name + (field.Name == "metadata" ? "" : Shape(field.Value)))) + "}" + (element.TryGetProperty("object", out var name) ? name.ToString() + (element.TryGetProperty("status", out var status) ? status.ToString() : "") + (name.ToString() == "event" ? element.GetProperty("type").GetString() : "") : ""),
        JsonValueKind.Array => "[" + string.Join(",", element.EnumerateArray().Select(Shape).Distinct()) + "]",
        JsonValueKind.Null => "0",
        _ => "",
    };

    private static IEnumerable<JsonElement> Objects(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return element.EnumerateArray().SelectMany(Objects);
        if (element.ValueKind != JsonValueKind.Object)
            return [];
        var inner = element.EnumerateObject().SelectMany(static field => field.Name == "previous_attributes" ? [] : Objects(field.Value));
        return element.TryGetProperty("object", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is not ("list" or "card" or "search_result") ? inner.Append(element) : inner;
    }
}
