using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>A request under an idempotency key, kept 24 hours, and its first answer.</summary>
public sealed record StoredRequest
{
    /// <summary>Over method, path and parameters, in hexadecimal digits.</summary>
    public required string Hash { get; init; }

    public required long CreatedMs { get; init; }

    /// <summary>The object that it acts on, whose acquirer call it may wait for.</summary>
    public long Subject { get; init; }

    public DocumentKind SubjectKind { get; init; }

    /// <summary>0 until it is answered.</summary>
    public int Status { get; init; }

    /// <summary>The body; null where it is the state of <see cref="Subject"/> in the same row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Body { get; init; }
}

/// <summary>What of a request its answer, its events and its log entries need.</summary>
/// <param name="Id">As the answer's <c>Request-Id</c> says.</param>
/// <param name="IdempotencyKey">As the caller sent it; null for none.</param>
/// <param name="ApiVersion">The caller's <c>Stripe-Version</c>.</param>
/// <param name="Expand">What the answer is to show whole.</param>
/// <param name="BaseUrl">Where the caller reached us, for links in the answer.</param>
public sealed record RequestFacts(string Id, string? IdempotencyKey, string ApiVersion, IReadOnlyList<string> Expand, string BaseUrl)
{
    /// <summary>The request's place in its trace, as a W3C traceparent: what is done for it later is linked to it. Null where nothing is recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Trace { get; init; }
}
