using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>A postal address, as far as it is known.</summary>
public sealed record Address
{
    public string? City { get; init; }

    /// <summary>ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    public string? Line1 { get; init; }

    public string? Line2 { get; init; }

    public string? PostalCode { get; init; }

    public string? State { get; init; }
}

/// <summary>Who pays with a payment method.</summary>
public sealed record BillingDetails
{
    public Address Address { get; init; } = new();

    public string? Email { get; init; }

    public string? Name { get; init; }

    public string? Phone { get; init; }

    public string? TaxId => null;
}

/// <summary>Where goods go.</summary>
public sealed record Shipping
{
    public Address Address { get; init; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Carrier { get; init; }

    public string? Name { get; init; }

    public string? Phone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TrackingNumber { get; init; }
}
