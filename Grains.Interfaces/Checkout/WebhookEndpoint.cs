using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>Where a merchant wants its events.</summary>
public sealed record WebhookEndpoint
{
    public required string Id { get; init; }

    public string Object => "webhook_endpoint";

    public string? ApiVersion { get; init; }

    public string? Application => null;

    public required long Created { get; init; }

    public string? Description { get; init; }

    public required IReadOnlyList<string> EnabledEvents { get; init; }

    public bool Livemode => false;

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = EmptyMetadata.Value;

    /// <summary>Shown once, in the answer that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary><c>enabled</c> or <c>disabled</c>.</summary>
    public required string Status { get; init; }

    public required string Url { get; init; }
}

/// <summary>What only the merchant's grain knows of an endpoint.</summary>
public sealed record EndpointRecord
{
    public required string Secret { get; init; }

    /// <summary>The secret before the present one, which signs too until <see cref="PreviousUntilMs"/>.</summary>
    public string? PreviousSecret { get; init; }

    public long PreviousUntilMs { get; init; }

    /// <summary>The version that events are sent in.</summary>
    public required string ApiVersion { get; init; }

    public bool Deleted { get; init; }

    /// <summary>Whether it is a neutral endpoint: Standard Webhooks headers, and a body without Stripe's envelope.</summary>
    public bool IsStandard { get; init; }
}
