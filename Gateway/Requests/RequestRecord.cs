using System.Text.Json.Serialization;

namespace Gateway.Requests;

/// <summary>
/// One request of the <c>/v1</c> surface and what became of it, redacted: no key, no card number, no CVC, no secret of an endpoint.
/// The answer's body is kept beside it.
/// </summary>
internal sealed record RequestRecord
{
    /// <summary>As the answer's <c>Request-Id</c> said.</summary>
    public required string Id { get; init; }

    /// <summary>When it came, by the product's clock.</summary>
    public required long TimeMs { get; init; }

    /// <summary>Whose key it had; 0 where it had none that is known.</summary>
    public required long Tenant { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    /// <summary>Names and values, of query and body, in their order.</summary>
    public required IReadOnlyList<string[]> Parameters { get; init; }

    /// <summary>Whether a name, a value or the path was too long to be kept whole: what is left is another request.</summary>
    public bool IsCut { get; init; }

    public bool IsPublishable { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? ApiVersion { get; init; }

    public string? UserAgent { get; init; }

    public string? Address { get; init; }

    public required int Status { get; init; }

    public required long TookMicroseconds { get; init; }

    public bool Replayed { get; init; }

    /// <summary>The error's <c>code</c>, or its <c>type</c> where it has none; null for a success.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The ids of the objects that it names or answers.</summary>
    public required IReadOnlyList<string> Objects { get; init; }
}

[JsonSerializable(typeof(RequestRecord))]
internal sealed partial class RequestJson : JsonSerializerContext;
