using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Checkout.Tests;

/// <summary>Answers have the shape that Stripe's OpenAPI document and the SDK's own types say.</summary>
public sealed partial class SchemaTests(SandboxProduct product) : IClassFixture<SandboxProduct>
{
    /// <summary>What went, or was renamed, since the document was published.</summary>
    private static readonly string[] Since = ["checkout.session.ui_mode may not be hosted_page"];

    private static readonly string[] Scripts = ["customers.mjs", "cards.mjs", "captures.mjs", "refunds.mjs", "challenges.mjs", "setups.mjs", "lists.mjs", "payouts.mjs", "sessions.mjs"];

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
        var objects = Directory.GetFiles(product.Records).SelectMany(static file => Objects(JsonDocument.Parse(File.ReadAllText(file)).RootElement)).ToList();
        Assert.True(objects.Count > 200, $"Only {objects.Count} objects were recorded.");
        Assert.All(TypeNames.Keys.Except(["webhook_endpoint", "token"]), name => Assert.Contains(objects, recorded => recorded.GetProperty("object").GetString() == name));
        FitSchema(objects);
        await FitTypes(objects);
    }

    private static void FitSchema(List<JsonElement> objects)
    {
        using var file = new GZipStream(File.OpenRead(Material.Path("stripe/openapi.2024-04-10.json.gz")), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(file);
        var schema = new OpenApiSchema(document.RootElement);
        var faults = objects.SelectMany(recorded => schema.Check(recorded.GetProperty("object").GetString()!, recorded)).Where(static fault => !Since.Any(fault.Contains)).Distinct().Order().ToList();
        Assert.True(faults.Count == 0, string.Join("\n", faults.Take(40)));
    }

    private static async Task FitTypes(List<JsonElement> objects)
    {
        var text = new StringBuilder("import type { Stripe } from 'stripe';\n");
        var shapes = objects.Where(static recorded => TypeNames.ContainsKey(recorded.GetProperty("object").GetString()!) && !recorded.TryGetProperty("deleted", out _))
            .DistinctBy(Shape).ToList();
        for (var i = 0; i < shapes.Count; i++)
            text.Append("export const recorded").Append(i).Append(": Stripe.").Append(TypeNames[shapes[i].GetProperty("object").GetString()!]).Append(" = ").Append(DecimalForm().Replace(shapes[i].GetRawText(), "$1null")).Append(";\n");
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

    // A string on the wire; the SDK makes a Decimal of it as it reads, and its type is that one's.
    [GeneratedRegex("(\"unit_amount_decimal\":)\"[0-9]+\"")]
    private static partial Regex DecimalForm();

    // One of each shape: which fields there are, and which of them are null.
    private static string Shape(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(",", element.EnumerateObject().Select(static field => field.Name + (field.Name == "metadata" ? "" : Shape(field.Value)))) + "}" + (element.TryGetProperty("object", out var name) ? name.ToString() + (element.TryGetProperty("status", out var status) ? status.ToString() : "") : ""),
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
        return element.TryGetProperty("object", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is not "list" and not "card" ? inner.Append(element) : inner;
    }
}
