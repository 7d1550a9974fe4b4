namespace Grains.Interfaces.Checkout;

/// <summary>A card that was entered once, to be used once.</summary>
public sealed record CardToken
{
    public required string Id { get; init; }

    public string Object => "token";

    public required TokenCard Card { get; init; }

    public string? ClientIp { get; init; }

    public required long Created { get; init; }

    public bool Livemode => false;

    public string Type => "card";

    public bool Used { get; init; }
}

/// <summary>The card of a token.</summary>
public sealed record TokenCard
{
    public required string Id { get; init; }

    public string Object => "card";

    public string? AddressCity => null;

    public string? AddressCountry => null;

    public string? AddressLine1 => null;

    public string? AddressLine1Check => null;

    public string? AddressLine2 => null;

    public string? AddressState => null;

    public string? AddressZip { get; init; }

    public string? AddressZipCheck { get; init; }

    public required string Brand { get; init; }

    public required string Country { get; init; }

    public string? CvcCheck { get; init; }

    public string? DynamicLast4 => null;

    public required int ExpMonth { get; init; }

    public required int ExpYear { get; init; }

    public required string Fingerprint { get; init; }

    public required string Funding { get; init; }

    public required string Last4 { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public string? Name { get; init; }

    public string? RegulatedStatus => "unregulated";

    public string? TokenizationMethod => null;
}

/// <summary>What only the merchant's grain knows of a token.</summary>
public sealed record TokenRecord(CardFacts Facts);
