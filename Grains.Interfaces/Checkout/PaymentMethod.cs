using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>A card that can be charged: never its number, only what may be shown.</summary>
public sealed record PaymentMethod
{
    public required string Id { get; init; }

    public string Object => "payment_method";

    public string AllowRedisplay { get; init; } = "unspecified";

    public BillingDetails BillingDetails { get; init; } = new();

    public required Card Card { get; init; }

    public required long Created { get; init; }

    public string? Customer { get; init; }

    public string? CustomerAccount => null;

    public bool Livemode => false;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    public string Type => "card";
}

/// <summary>What of a card may be shown.</summary>
public sealed record Card
{
    public required string Brand { get; init; }

    public CardChecks Checks { get; init; } = new();

    public required string Country { get; init; }

    public string? DisplayBrand => Brand;

    public required int ExpMonth { get; init; }

    public required int ExpYear { get; init; }

    /// <summary>The same for the same number, and useless to find it: keyed.</summary>
    public required string Fingerprint { get; init; }

    /// <summary><c>credit</c>, <c>debit</c> or <c>prepaid</c>.</summary>
    public required string Funding { get; init; }

    public string? GeneratedFrom => null;

    public required string Last4 { get; init; }

    public CardNetworks Networks => new([Brand], null);

    public string? RegulatedStatus => "unregulated";

    public ThreeDSecureUsage ThreeDSecureUsage => new(true);

    public string? Wallet => null;
}

public sealed record CardNetworks(IReadOnlyList<string> Available, string? Preferred);

public sealed record ThreeDSecureUsage(bool Supported);

/// <summary>What the issuer checked: <c>pass</c>, <c>fail</c>, <c>unchecked</c>, or null where nothing was given.</summary>
public sealed record CardChecks
{
    public string? AddressLine1Check { get; init; }

    public string? AddressPostalCodeCheck { get; init; }

    public string? CvcCheck { get; init; }
}

/// <summary>What only the merchant's grain knows of a payment method.</summary>
/// <param name="Acquirer">Who gave the reference.</param>
/// <param name="CardReference">The acquirer's name for the card: no number, and of use to that acquirer alone.</param>
/// <param name="Authenticated">Whether its cardholder authenticated it for payments without them.</param>
/// <param name="NotKept">Why its bank would not have it kept for later; null where it would.</param>
/// <param name="Spent">Whether it was used without a customer: then it cannot be used again.</param>
public sealed record PaymentMethodRecord(
    string Acquirer, string CardReference, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Authenticated,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Spent, CardDecline? NotKept = null);
