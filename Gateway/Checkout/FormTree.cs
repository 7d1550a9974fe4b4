using System.Text;

namespace Gateway.Checkout;

/// <summary>
/// A form-encoded body as the tree that its names spell: <c>card[number]=…</c>, <c>expand[]=…</c>, <c>items[0][price]=…</c>.
/// </summary>
internal sealed class FormTree
{
    public const int MaxPairs = 1_000;
    private const int MaxDepth = 8;

    // Most places hold a text: they have no children, and need no room for them.
    private Dictionary<string, FormTree>? children;
    private List<string>? order;

    /// <summary>The text at this place; null where there are children, or nothing.</summary>
    public string? Value { get; private set; }

    /// <summary>Names of children, in the order in which they came.</summary>
    public IReadOnlyList<string> Names => order ?? [];

    /// <summary>Whether somebody asked for what is here.</summary>
    public bool IsRead { get; private set; }

    public FormTree? this[string name] => children?.GetValueOrDefault(name);

    /// <summary>What is below a name; it counts as read.</summary>
    public FormTree? Read(string name)
    {
        var child = this[name];
        if (child is not null)
            child.IsRead = true;
        return child;
    }

    /// <summary>Sets a text at the root.</summary>
    public void Set(string name, string value)
    {
        var before = this[name];
        if (before is null)
            (order ??= []).Add(name);
        (children ??= [])[name] = new FormTree { Value = value, IsRead = before is { IsRead: true } };
    }

    /// <summary>How many pairs a text has.</summary>
    public static int CountPairs(string text) => text.Split('&', StringSplitOptions.RemoveEmptyEntries).Length;

    /// <summary>Reads pairs of a body or query string. Null where it is none: then <paramref name="fault"/> says why.</summary>
    public static FormTree? Parse(string text, out string? fault, out IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        var (root, read) = (new FormTree(), new List<KeyValuePair<string, string>>());
        (fault, pairs) = (null, read);
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (read.Count == MaxPairs)
            {
                fault = $"More than {MaxPairs} parameters were sent.";
                return null;
            }

            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (!TryDecode(equals < 0 ? pair : pair[..equals], out var name) || !TryDecode(equals < 0 ? "" : pair[(equals + 1)..], out var value))
            {
                fault = "The request's parameters are not form-encoded UTF-8.";
                return null;
            }

            read.Add(new(name, value));
            if (root.Add(name, value))
                continue;
            fault = $"The parameter {name} was sent in more than one form.";
            return null;
        }

        return root;
    }

    private bool Add(string name, string value)
    {
        var node = this;
        var depth = 0;
        foreach (var part in Parts(name))
        {
            if (++depth > MaxDepth || node.Value is not null)
                return false;
            var key = part.Length == 0 ? node.Names.Count.ToString() : part;
            if (node[key] is not { } child)
            {
                (node.children ??= []).Add(key, child = new FormTree());
                (node.order ??= []).Add(key);
            }

            node = child;
        }

        if (node.children is not null || node.Value is not null)
            return false;
        node.Value = value;
        return true;
    }

    private static IEnumerable<string> Parts(string name)
    {
        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        if (bracket <= 0 || name[^1] != ']')
        {
            yield return name;
            yield break;
        }

        yield return name[..bracket];
        foreach (var part in name[(bracket + 1)..^1].Split("]["))
            yield return part;
    }

    private static bool TryDecode(string text, out string decoded)
    {
        decoded = text;
        if (!text.Contains('%', StringComparison.Ordinal) && !text.Contains('+', StringComparison.Ordinal))
            return true;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '+')
            {
                bytes.Add((byte)' ');
            }
            else if (text[i] != '%')
            {
                var run = text.AsSpan(i).IndexOfAny('%', '+') is var next and >= 0 ? next : text.Length - i;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, run)));
                i += run - 1;
            }
            else
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    return false;
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
        }

        try
        {
            decoded = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
