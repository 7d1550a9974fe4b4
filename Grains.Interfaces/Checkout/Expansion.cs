using System.Text.Json;
using System.Text.Json.Nodes;

namespace Grains.Interfaces.Checkout;

/// <summary>
/// Shows named objects whole in an answer: <c>latest_charge.balance_transaction</c>, in lists <c>data.customer</c>; at most four
/// levels deep.
/// </summary>
public static class Expansion
{
    public const int MaxDepth = 4;

    /// <summary>Before a charge's id: its refunds, which are a list and stand in no object.</summary>
    public const string RefundsOf = "refunds:";

    /// <summary>Before a checkout session's id: what it sells.</summary>
    public const string LinesOf = "line_items:";

    /// <summary>The body with all paths shown whole, or the first path that cannot be.</summary>
    /// <param name="find">An object's JSON by its id; null where there is none.</param>
    public static async ValueTask<(byte[] Body, string? Refused)> Apply(byte[] body, IReadOnlyList<string> paths, Func<string, ValueTask<ReadOnlyMemory<byte>?>> find)
    {
        if (paths.Count == 0)
            return (body, null);
        var root = JsonNode.Parse(body)!;
        foreach (var path in paths)
        {
            var names = path.Split('.');
            if (names.Length > MaxDepth || !await Expand(root, names, 0, find))
                return (body, path);
        }

        return (JsonSerializer.SerializeToUtf8Bytes(root), null);
    }

    private static async ValueTask<bool> Expand(JsonNode node, string[] names, int depth, Func<string, ValueTask<ReadOnlyMemory<byte>?>> find)
    {
        if (depth == names.Length)
            return true;
        if (node is not JsonObject whole)
            return false;
        if (!whole.TryGetPropertyValue(names[depth], out var value))
        {
            var list = (names[depth], whole["object"]?.GetValue<string>()) switch
            {
                ("refunds", "charge") => RefundsOf,
                ("line_items", "checkout.session") => LinesOf,
                _ => null,
            };
            if (list is null || await find(list + whole["id"]!.GetValue<string>()) is not { } items)
                return false;
            value = JsonNode.Parse(items.Span)!;
            whole[names[depth]] = value;
        }

        if (value is null)
            return true;
        if (value is JsonArray array)
        {
            if (depth + 1 == names.Length)
                return false;
            foreach (var item in array)
                if (item is null || !await Expand(item, names, depth + 1, find))
                    return false;
            return true;
        }

        if (value is JsonValue text)
        {
            if (text.GetValueKind() != JsonValueKind.String || await find(text.GetValue<string>()) is not { } found)
                return false;
            value = JsonNode.Parse(found.Span)!;
            whole[names[depth]] = value;
        }

        return await Expand(value, names, depth + 1, find);
    }
}
