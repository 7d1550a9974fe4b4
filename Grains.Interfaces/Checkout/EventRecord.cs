using System.Text.Json;

namespace Grains.Interfaces.Checkout;

/// <summary>
/// An event without its object, which stands beside it as it was when the event happened.
/// </summary>
public sealed record EventRecord
{
    public required string Id { get; init; }

    public required string Type { get; init; }

    public required string ApiVersion { get; init; }

    public required long Created { get; init; }

    public string? RequestId { get; init; }

    public string? IdempotencyKey { get; init; }

    /// <summary>The object's number, and its place among the states that were recorded together.</summary>
    public required long Subject { get; init; }

    public required int Place { get; init; }

    /// <summary>What an update changed, as it was before; null for other events.</summary>
    public JsonElement? PreviousAttributes { get; init; }

    public int PendingWebhooks { get; init; }
}
