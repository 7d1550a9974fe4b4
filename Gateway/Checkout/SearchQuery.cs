using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>
/// A query of Stripe's search language: clauses of field, operator and value, joined by AND or by OR, not both. <c>:</c> compares,
/// <c>~</c> finds a part, <c>&gt; &lt; &gt;= &lt;=</c> order numbers, <c>-</c> negates, <c>null</c> is what is absent.
/// </summary>
internal sealed partial class SearchQuery
{
    private const int MaxLength = 1_000;
    private const int MaxClauses = 10;
    private const int MinPart = 3;

    private readonly List<Clause> clauses = [];
    private bool any;

    private sealed record Clause(string[] Path, string Operator, string? Value, long Number, bool Negated);

    /// <summary>The query; null with a fault.</summary>
    public static SearchQuery? Parse(string text, DocumentKind kind, out string? fault)
    {
        fault = null;
        if (text.Length > MaxLength)
            fault = $"A query has at most {MaxLength} characters.";
        var query = new SearchQuery();
        string? joint = null;
        for (var at = 0; fault is null;)
        {
            var match = ClauseForm().Match(text, at);
            if (!match.Success)
            {
                fault = $"At character {at + 1} there is no clause such as status:\"succeeded\" or amount>1000.";
                break;
            }

            fault = query.Add(match, kind);
            at = match.Index + match.Length;
            if (at == text.Length || fault is not null)
                break;
            var join = JointForm().Match(text, at);
            var name = join.Groups[1].Success ? join.Groups[1].Value.ToUpperInvariant() : "AND";
            if (!join.Success)
                fault = $"At character {at + 1} there must be AND or OR.";
            else if (joint is not null && joint != name)
                fault = "AND and OR cannot be combined.";
            joint = name;
            at += join.Length;
        }

        query.any = joint == "OR";
        return fault is null ? query : null;
    }

    public bool Takes(JsonElement shown) => any ? clauses.Exists(clause => Takes(clause, shown)) : clauses.TrueForAll(clause => Takes(clause, shown));

    private string? Add(Match match, DocumentKind kind)
    {
        if (clauses.Count == MaxClauses)
            return $"A query has at most {MaxClauses} clauses.";
        var (field, key) = (match.Groups["field"].Value, match.Groups["key"]);
        if (!Fields(kind).Contains(field) || key.Success != (field == "metadata"))
            return $"{field} is no field that can be searched for here; those are {string.Join(", ", Fields(kind))}.";
        var quoted = match.Groups["quoted"];
        var value = quoted.Success ? quoted.Value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : match.Groups["bare"].Value;
        var isNull = !quoted.Success && value == "null";
        var how = match.Groups["operator"].Value;
        var number = 0L;
        if (how[0] is '<' or '>' && !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return $"{how} compares whole numbers.";
        if (how == "~" && value.Length < MinPart)
            return $"~ needs at least {MinPart} characters.";
        if (!quoted.Success && !isNull && !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return "A text stands in quotes.";
        clauses.Add(new Clause(field == "metadata" ? [field, key.Value[1..^1]] : field.Split('.'), how, isNull ? null : value, number, match.Groups["not"].Success));
        return null;
    }

    private static bool Takes(Clause clause, JsonElement shown)
    {
        var found = shown;
        var isThere = true;
        foreach (var name in clause.Path)
            isThere = isThere && found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out found);
        isThere = isThere && found.ValueKind != JsonValueKind.Null;
        return Meets(clause, isThere ? found : null) != clause.Negated;
    }

    private static bool Meets(Clause clause, JsonElement? found)
    {
        if (clause.Value is null || found is not { } value)
            return clause.Value is null && found is null;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        if (clause.Operator == ":")
            return string.Equals(text, clause.Value, StringComparison.OrdinalIgnoreCase);
        if (clause.Operator == "~")
            return text.Contains(clause.Value, StringComparison.OrdinalIgnoreCase);
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return false;
        return clause.Operator switch
        {
            ">" => number > clause.Number,
            "<" => number < clause.Number,
            ">=" => number >= clause.Number,
            _ => number <= clause.Number,
        };
    }

    private static string[] Fields(DocumentKind kind) => kind switch
    {
        DocumentKind.PaymentIntent => ["amount", "created", "currency", "customer", "metadata", "status"],
        DocumentKind.Charge =>
        [
            "amount", "billing_details.address.postal_code", "created", "currency", "customer", "disputed", "metadata", "payment_method_details.card.brand", "payment_method_details.card.exp_month",
            "payment_method_details.card.exp_year", "payment_method_details.card.fingerprint", "payment_method_details.card.last4", "refunded", "status",
        ],
        DocumentKind.Customer => ["created", "email", "metadata", "name", "phone"],
        _ => [],
    };

    [GeneratedRegex("""\G\s*(?<not>-)?(?<field>[a-z_0-9]+(?:\.[a-z_0-9]+)*)(?:\[(?<key>"[^"\]]+"|'[^'\]]+')\])?\s*(?<operator>>=|<=|[:~<>])\s*(?:(?<quoted>"(?:\\"|[^"])*"|'[^']*')|(?<bare>[a-z0-9]+))\s*""")]
    private static partial Regex ClauseForm();

    [GeneratedRegex(@"\G(AND|OR|and|or)\s+|\G(?=-?[a-z])")]
    private static partial Regex JointForm();
}
