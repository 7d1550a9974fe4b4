using System.Text.Json;
using Gateway.Problems;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Http;

namespace Gateway.Wire;

/// <summary>
/// A small JSON object of a request, read strictly: only known fields, each once. What is refused is collected in
/// <see cref="Errors"/> under the field's name. The payment itself has a reader of its own.
/// </summary>
internal sealed class BodyObject
{
    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);
    private readonly string prefix;

    private BodyObject(FieldErrors errors, string prefix) => (Errors, this.prefix) = (errors, prefix);

    public FieldErrors Errors { get; }

    /// <summary>Reads a request's body; where <paramref name="mayBeEmpty"/>, none at all is an object without fields.</summary>
    public static async ValueTask<(BodyObject? Object, Problem? Problem)> Read(HttpContext context, int limit, bool mayBeEmpty, params string[] known)
    {
        if (mayBeEmpty && context.Request.ContentLength is 0 or null && context.Request.ContentType is null && context.Request.Headers.TransferEncoding.Count == 0)
            return (new BodyObject(new FieldErrors(), ""), null);
        using var body = await RequestBody.ReadJson(context, limit);
        return body.Problem is not null ? (null, body.Problem) : Parse(body.Bytes, mayBeEmpty, known);
    }

    /// <summary>A nested object; null where there is none, or it is refused.</summary>
    public BodyObject? Object(string name, params ReadOnlySpan<string> known)
    {
        if (!fields.TryGetValue(name, out var element))
            return null;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Errors.Add(prefix + name, "must be an object.");
            return null;
        }

        var nested = new BodyObject(Errors, prefix + name + ".");
        nested.Take(element, known);
        return nested;
    }

    /// <summary>What stands there, to be read by who knows it; null where there is nothing.</summary>
    public JsonElement? Json(string name) => fields.TryGetValue(name, out var element) ? element : null;

    public bool Has(string name) => fields.ContainsKey(name);

    public void Require(string name)
    {
        if (!Has(name))
            Errors.Add(prefix + name, "is required.");
    }

    public void Refuse(string name, string message) => Errors.Add(prefix + name, message);

    /// <summary>A string of at most so many characters; null where there is none, or it is refused.</summary>
    public string? Text(string name, int maxLength, TextKind kind)
    {
        if (!fields.TryGetValue(name, out var element))
            return null;
        if (element.ValueKind != JsonValueKind.String)
        {
            Refuse(name, "must be a string.");
            return null;
        }

        return Unescaped(element) is { } text && TextField.Check(text, ItemPath.Single, prefix + name, maxLength, kind, Errors) ? text : null;
    }

    /// <summary>A field of a form of its own, as it was given; null where there is none.</summary>
    public JsonElement? Element(string name) => fields.TryGetValue(name, out var element) ? element : null;

    /// <summary>A decimal string of this currency from zero (or, where negative is allowed, below) to the largest payment.</summary>
    public long? Amount(string name, Currency currency, bool mayBeZero, bool isNegative = false)
    {
        if (!fields.TryGetValue(name, out var element))
            return null;
        var text = element.ValueKind == JsonValueKind.String ? Unescaped(element) : null;
        var negative = isNegative && text?.StartsWith('-') == true;
        if (text is null || !Money.TryParse(negative ? text.AsSpan(1) : text, currency, out var money))
            Refuse(name, $"must be a decimal string such as \"150.00\", with at most {currency.MinorDigits} digits after the point ({currency.Code}).");
        else if (money.MinorUnits > Money.MaxPaymentMinorUnits)
            Refuse(name, $"must be at most {new Money(Money.MaxPaymentMinorUnits, currency).ToDecimalString()}.");
        else if (money.MinorUnits == 0 && !mayBeZero)
            Refuse(name, "must be more than zero.");
        else if (isNegative && !negative && money.MinorUnits > 0)
            Refuse(name, "must be zero or less.");
        else
            return negative ? -money.MinorUnits : money.MinorUnits;
        return null;
    }

    /// <summary>A whole number in a range; null where there is none, or it is refused.</summary>
    public long? Number(string name, long min, long max)
    {
        if (!fields.TryGetValue(name, out var element))
            return null;
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number) && number >= min && number <= max)
            return number;
        Refuse(name, $"must be a whole number from {min} to {max}.");
        return null;
    }

    /// <summary>A share from 0 to 1, in thousandths; null where there is none, or it is refused.</summary>
    public int? PerThousand(string name)
    {
        if (!fields.TryGetValue(name, out var element))
            return null;
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var share) && share is >= 0 and <= 1)
            return (int)(share * 1_000);
        Refuse(name, "must be a number from 0 to 1.");
        return null;
    }

    private static (BodyObject? Object, Problem? Problem) Parse(ReadOnlySpan<byte> bytes, bool mayBeEmpty, string[] known)
    {
        var body = new BodyObject(new FieldErrors(), "");
        if (bytes.IsEmpty)
            return mayBeEmpty ? (body, null) : (null, JsonFault.Empty);
        try
        {
            var reader = new Utf8JsonReader(bytes, JsonFault.ReaderOptions);
            using var document = JsonDocument.ParseValue(ref reader);
            reader.Read();
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return (null, JsonFault.NotAnObject);
            body.Take(document.RootElement.Clone(), known);
            return (body, null);
        }
        catch (JsonException exception)
        {
            return (null, JsonFault.Of(exception));
        }
    }

    private void Take(JsonElement element, ReadOnlySpan<string> known)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = Name(property);
            if (!known.Contains(name))
                Refuse(name, "is not a field of this request.");
            else if (!fields.TryAdd(name, property.Value))
                Refuse(name, "is given twice.");
        }
    }

    // Escapes may be no Unicode text (a lone surrogate); the framework throws then.
    private static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "?";
        }
    }

    private string? Unescaped(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            Errors.Add(prefix, "has text that is not valid Unicode.");
            return null;
        }
    }
}
