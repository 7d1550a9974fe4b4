using System.Text.Json;

namespace Checkout.Tests;

/// <summary>As much of OpenAPI 3.0's schema as Stripe's document uses: types, enums, required fields, nullable, references, anyOf.</summary>
internal sealed class OpenApiSchema(JsonElement document)
{
    private readonly JsonElement paths = document.GetProperty("paths");
    private readonly JsonElement schemas = document.GetProperty("components").GetProperty("schemas");

    /// <summary>What of the value does not fit, by path.</summary>
    public IEnumerable<string> Check(string name, JsonElement value) =>
        schemas.TryGetProperty(value.TryGetProperty("deleted", out _) ? "deleted_" + name : name, out var schema) ? Check(schema, value, name) : [$"{name}: there is no such schema"];

    /// <summary>What of an answer does not fit what its operation answers.</summary>
    public IEnumerable<string> CheckAnswer(RecordedAnswer answer)
    {
        var name = $"{answer.Method} {string.Join('/', answer.Path.Split('/').Select(static part => part.Any(char.IsDigit) && part != "v1" ? "{id}" : part))}";
        if (answer.Status >= 400)
            return Check(schemas.GetProperty("error"), answer.Body, $"{answer.Status} error");
        if (Operation(answer) is not { } operation)
            return [$"{name}: there is no such operation"];
        return Check(operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema"), answer.Body, name);
    }

    // Of two that fit, the one with fewer parameters: /customers/search is no customer.
    private JsonElement? Operation(RecordedAnswer answer)
    {
        var parts = answer.Path.Split('/');
        var fitting = paths.EnumerateObject().Where(path => Fits(path.Name.Split('/'), parts) && path.Value.TryGetProperty(answer.Method.ToLowerInvariant(), out _)).OrderBy(static path => path.Name.Count(static letter => letter == '{')).ToList();
        return fitting.Count == 0 ? null : fitting[0].Value.GetProperty(answer.Method.ToLowerInvariant());
    }

    private static bool Fits(string[] template, string[] parts) =>
        template.Length == parts.Length && template.Zip(parts).All(static pair => pair.First == pair.Second || pair.First.StartsWith('{'));

    private List<string> Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            return Check(schemas.GetProperty(reference.GetString()!.Split('/')[^1]), value, path);
        if (value.ValueKind == JsonValueKind.Null)
            return schema.TryGetProperty("nullable", out var nullable) && nullable.GetBoolean() ? [] : [$"{path} may not be null"];
        if (schema.TryGetProperty("anyOf", out var anyOf))
        {
            var best = anyOf.EnumerateArray().Select(option => Check(option, value, path)).MinBy(static faults => faults.Count)!;
            return best;
        }

        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(choice => choice.ValueKind == value.ValueKind && choice.ToString() == value.ToString()))
            return [$"{path} may not be {value}"];
        return (schema.TryGetProperty("type", out var type) ? type.GetString() : null) switch
        {
            "string" => value.ValueKind == JsonValueKind.String ? [] : [$"{path} is no string"],
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) ? [] : [$"{path} is no integer"],
            "number" => value.ValueKind == JsonValueKind.Number ? [] : [$"{path} is no number"],
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? [] : [$"{path} is no boolean"],
            "array" => value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().SelectMany(item => Check(schema.GetProperty("items"), item, path + "[]"))] : [$"{path} is no array"],
            "object" => CheckObject(schema, value, path),
            _ => [],
        };
    }

    private List<string> CheckObject(JsonElement schema, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return [$"{path} is no object"];
        var faults = new List<string>();
        if (schema.TryGetProperty("required", out var required))
            faults.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path}.{name} is missing"));
        if (!schema.TryGetProperty("properties", out var properties))
            return faults;
        foreach (var field in value.EnumerateObject())
            if (properties.TryGetProperty(field.Name, out var property))
                faults.AddRange(Check(property, field.Value, $"{path}.{field.Name}"));
        return faults;
    }
}

/// <summary>An answer as the SDK got it.</summary>
/// <param name="IsPublishable">Whether a publishable key asked, which sees less of an intent.</param>
internal sealed record RecordedAnswer(string Method, string Path, int Status, bool IsPublishable, JsonElement Body)
{
    public static RecordedAnswer Read(JsonElement json) =>
        new(json.GetProperty("method").GetString()!, json.GetProperty("path").GetString()!, json.GetProperty("status").GetInt32(), json.GetProperty("publishable").GetBoolean(), json.GetProperty("body"));
}
