using System.Globalization;
using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>
/// Reads the parameters of one request, and notes the first that is refused. Each one that is asked for counts as honoured; what is
/// left at the <see cref="End"/> is refused as unknown.
/// </summary>
internal sealed class Parameters
{
    private const int MaxText = 5_000;
    private const int MaxMetadata = 50;
    private const int MaxMetadataKey = 40;
    private const int MaxMetadataValue = 500;
    public const long MaxAmount = 99_999_999;

    private readonly FormTree tree;
    private readonly string prefix;
    private readonly RequestFacts request;
    private readonly Parameters root;
    private readonly List<Parameters> inner = [];

    public Parameters(FormTree tree, RequestFacts request)
        : this(tree, "", request, null)
    {
    }

    private Parameters(FormTree tree, string prefix, RequestFacts request, Parameters? root)
    {
        (this.tree, this.prefix, this.request) = (tree, prefix, request);
        this.root = root ?? this;
    }

    /// <summary>Why the request is refused; null while it is not.</summary>
    public WireAnswer? Refusal { get; private set; }

    public RequestFacts Request => request;

    /// <summary>Refuses what nobody read.</summary>
    public WireAnswer? End()
    {
        if (root.Refusal is null && Unread() is { } unknown)
            root.Refusal = WireError.UnknownParameter(request, unknown);
        return root.Refusal;
    }

    public void Refuse(WireAnswer refusal) => root.Refusal ??= refusal;

    public void Refuse(string message, string param, string? code = null) => root.Refusal ??= WireError.Invalid(request, message, Full(param), code);

    /// <summary>The parameters below a name; null where there are none.</summary>
    public Parameters? In(string name)
    {
        if (tree.Read(name) is not { } child)
            return null;
        if (child.Value is not null && child.Value.Length > 0)
        {
            Refuse("Invalid object", name);
            return null;
        }

        var parameters = new Parameters(child, Full(name), request, root);
        inner.Add(parameters);
        return parameters;
    }

    /// <summary>The parameters of each element of an array of objects; none where there is none.</summary>
    public IReadOnlyList<Parameters> Each(string name)
    {
        if (In(name) is not { } list)
            return [];
        return [.. list.tree.Names.Select(list.In).OfType<Parameters>()];
    }

    public bool Has(string name) => tree[name] is not null;

    /// <summary>Gives a parameter the value that the path has for it.</summary>
    public void Set(string name, string value) => tree.Set(name, value);

    /// <summary>Whether it came as a text, not as an object or array.</summary>
    public bool IsText(string name) => tree[name]?.Value is not null;

    /// <summary>A text that is not empty.</summary>
    public string? Text(string name, int maxLength = MaxText)
    {
        if (Raw(name) is not { } value)
            return null;
        if (value.Length == 0)
            Refuse($"You passed an empty string for '{Full(name)}'. We assume empty values are an attempt to unset a parameter; however '{Full(name)}' cannot be unset. You should remove '{Full(name)}' from your request or supply a non-empty value.", name, "parameter_invalid_empty");
        else if (value.Length > maxLength)
            Refuse($"Invalid string: {value[..10]}...; must be at most {maxLength} characters", name, "parameter_invalid_string_blank");
        return value;
    }

    public string Required(string name)
    {
        if (!Has(name))
            root.Refusal ??= WireError.MissingParameter(request, Full(name));
        return Text(name) ?? "";
    }

    /// <summary>A text that may be cleared by an empty one.</summary>
    public Text? Update(string name, int maxLength = MaxText)
    {
        if (Raw(name) is not { } value)
            return null;
        if (value.Length > maxLength)
            Refuse($"Invalid string: {value[..10]}...; must be at most {maxLength} characters", name);
        return new Text(value);
    }

    public string? Choice(string name, params ReadOnlySpan<string> choices)
    {
        if (Text(name) is not { } value)
            return null;
        if (!choices.Contains(value))
            Refuse($"Invalid {Full(name)}: must be one of {string.Join(", ", choices[..^1])}{(choices.Length > 1 ? ", or " : "")}{choices[^1]}", name);
        return value;
    }

    public bool? Flag(string name)
    {
        switch (Raw(name))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            default:
                Refuse($"Invalid boolean: {Raw(name)}", name);
                return null;
        }
    }

    public long? Integer(string name, long min = 0, long max = long.MaxValue)
    {
        if (Raw(name) is not { } text)
            return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            Refuse($"Invalid integer: {text}", name, "parameter_invalid_integer");
            return null;
        }

        if (value < min)
            Refuse($"This value must be greater than or equal to {min}.", name, "parameter_invalid_integer");
        else if (value > max)
            Refuse($"This value must be less than or equal to {max}.", name, "parameter_invalid_integer");
        return value;
    }

    /// <summary>An amount in minor units, 1 to 99,999,999.</summary>
    public long? Amount(string name, long smallest = 1)
    {
        if (Integer(name, smallest) is not { } amount)
            return null;
        if (amount > MaxAmount)
            Refuse($"Amount must be no more than {MaxAmount}.", name, "amount_too_large");
        return amount;
    }

    public string? Currency(string name)
    {
        if (Text(name) is not { } code)
            return null;
        var lower = code.ToLowerInvariant();
        if (!WireCurrency.TryParse(code, out _))
            Refuse($"Invalid currency: {lower}. Cards are not charged in it here.", name);
        return lower;
    }

    public IReadOnlyList<string>? List(string name)
    {
        if (tree.Read(name) is not { } list)
            return null;
        if (list.Value is not null)
        {
            if (list.Value.Length > 0)
                Refuse("Invalid array", name);
            return [];
        }

        var values = new List<string>();
        foreach (var index in list.Names)
        {
            if (list[index]!.Value is { } value)
                values.Add(value);
            else
                Refuse("Invalid string", $"{name}[{index}]");
        }

        return values;
    }

    public MetadataUpdate? Metadata()
    {
        if (tree.Read("metadata") is not { } node)
            return null;
        if (node.Value is not null)
        {
            if (node.Value.Length > 0)
                Refuse("Invalid object", "metadata");
            return new MetadataUpdate(new Dictionary<string, string>(), Clear: true);
        }

        var pairs = new Dictionary<string, string>();
        foreach (var key in node.Names)
        {
            var value = node[key]!.Value;
            if (value is null)
                Refuse("Metadata values must be strings.", $"metadata[{key}]");
            else if (key.Length > MaxMetadataKey)
                Refuse($"Metadata keys can have up to {MaxMetadataKey} characters.", "metadata");
            else if (value.Length > MaxMetadataValue)
                Refuse($"Metadata values can have up to {MaxMetadataValue} characters, but you passed in a value that is {value.Length} characters.", $"metadata[{key}]");
            else
                pairs[key] = value;
        }

        if (pairs.Count > MaxMetadata)
            Refuse($"Metadata can have up to {MaxMetadata} keys.", "metadata");
        return new MetadataUpdate(pairs, Clear: false);
    }

    public Address? Address(string name) => In(name) is not { } address ? null : new Address
    {
        City = address.Update("city")?.Value,
        Country = address.Update("country", 2)?.Value,
        Line1 = address.Update("line1")?.Value,
        Line2 = address.Update("line2")?.Value,
        PostalCode = address.Update("postal_code")?.Value,
        State = address.Update("state")?.Value,
    };

    public Shipping? Shipping() => In("shipping") is not { } shipping ? null : new Shipping
    {
        Address = shipping.Address("address") ?? new Address(),
        Carrier = shipping.Update("carrier")?.Value,
        Name = shipping.Required("name"),
        Phone = shipping.Update("phone")?.Value,
        TrackingNumber = shipping.Update("tracking_number")?.Value,
    };

    public BillingDetails? Billing() => In("billing_details") is not { } billing ? null : new BillingDetails
    {
        Address = billing.Address("address") ?? new Address(),
        Email = billing.Update("email")?.Value,
        Name = billing.Update("name")?.Value,
        Phone = billing.Update("phone")?.Value,
    };

    private string? Raw(string name)
    {
        if (tree.Read(name) is not { } node)
            return null;
        if (node.Value is null)
            Refuse($"Invalid string: {Full(name)}", name);
        return node.Value;
    }

    private string? Unread()
    {
        foreach (var name in tree.Names)
            if (tree[name] is { IsRead: false } unread)
                return Leaf(unread, Full(name));
        foreach (var parameters in inner)
            if (parameters.Unread() is { } unknown)
                return unknown;
        return null;
    }

    private static string Leaf(FormTree node, string name)
    {
        while (node.Names.Count > 0)
            (node, name) = (node[node.Names[0]]!, $"{name}[{node.Names[0]}]");
        return name;
    }

    private string Full(string name) => prefix.Length == 0 ? name : $"{prefix}[{name}]";
}
