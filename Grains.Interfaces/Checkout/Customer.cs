using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>A merchant's customer.</summary>
public sealed record Customer
{
    public required string Id { get; init; }

    public string Object => "customer";

    public Address? Address { get; init; }

    /// <summary>Minor units owed or credited on invoices; there are none.</summary>
    public long Balance => 0;

    public required long Created { get; init; }

    public string? Currency => null;

    public string? DefaultSource => null;

    /// <summary>True of one that is gone; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Deleted { get; init; }

    public bool Delinquent => false;

    public string? Description { get; init; }

    public string? Discount => null;

    public string? Email { get; init; }

    public string? InvoicePrefix => null;

    public InvoiceSettings InvoiceSettings { get; init; } = new();

    public bool Livemode => false;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public string? Name { get; init; }

    public long NextInvoiceSequence => 1;

    public string? Phone { get; init; }

    public IReadOnlyList<string> PreferredLocales { get; init; } = [];

    public Shipping? Shipping { get; init; }

    public string TaxExempt => "none";

    public string? TestClock => null;
}

/// <summary>What a customer's payments default to.</summary>
public sealed record InvoiceSettings
{
    public string? CustomFields => null;

    public string? DefaultPaymentMethod { get; init; }

    public string? Footer => null;

    public string? RenderingOptions => null;
}

/// <summary>An object that is gone.</summary>
public sealed record DeletedObject(string Id, string Object)
{
    public bool Deleted => true;
}

internal static class EmptyMetadata
{
    public static IReadOnlyDictionary<string, string> Value { get; } = new Dictionary<string, string>();
}
