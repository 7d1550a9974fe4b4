using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>What an acquirer is asked to do. The number is stored: never reuse one.</summary>
public enum AcquirerOperation : byte
{
    /// <summary>Reserve an amount on a card, and take it at once where <see cref="Attempt.Final"/> says so.</summary>
    Authorize = 1,
    Increase = 2,
    Capture = 3,
    Void = 4,
    Refund = 5,

    /// <summary>Check a card without taking anything.</summary>
    Verify = 6,

    /// <summary>Give evidence against a dispute, and submit it where <see cref="Attempt.Final"/> says so.</summary>
    Answer = 7,

    /// <summary>Give up a dispute.</summary>
    Concede = 8,
}

/// <summary>
/// One call of an acquirer, committed before it is made: whatever happens to us, it can be asked for under the same key, and is
/// never made under another one before a definitive no.
/// </summary>
public sealed record Attempt
{
    /// <summary>The acquirer's idempotency key: the object and the count of its attempts.</summary>
    public required string Key { get; init; }

    public required string Acquirer { get; init; }

    public required AcquirerOperation Operation { get; init; }

    /// <summary>Minor units.</summary>
    public required long Amount { get; init; }

    /// <summary>Three lower-case letters.</summary>
    public required string Currency { get; init; }

    /// <summary>The acquirer's name for the card, where one is to be charged or checked.</summary>
    public string? CardReference { get; init; }

    /// <summary>The acquirer's name for the authorization, where there is one already; or for the dispute.</summary>
    public string? Authorization { get; init; }

    /// <summary>Whether nothing of the authorization remains after it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Final { get; init; }

    /// <summary>The document of the request that waits for it; 0 for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StoredRequest { get; init; }

    public required RequestFacts Request { get; init; }

    /// <summary>When the acquirer is asked for it next, in milliseconds since 1970.</summary>
    public required long AskAtMs { get; init; }

    /// <summary>How often it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Asked { get; init; }

    /// <summary>Why an authorization is voided.</summary>
    public string? CancellationReason { get; init; }

    /// <summary>Whether the cardholder passed a challenge for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Authenticated { get; init; }

    /// <summary>That challenge, by the acquirer's name.</summary>
    public string? Challenge { get; init; }

    /// <summary>Where the cardholder comes back to from an acquirer's own page for challenges.</summary>
    public string? ReturnUrl { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OffSession { get; init; }

    /// <summary>Whether the card was prepared for payments without its holder.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Prepared { get; init; }

    /// <summary>Whether a challenge is asked for though the acquirer may not need one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WantsChallenge { get; init; }

    /// <summary>A needed challenge fails the payment instead.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ErrorOnRequiresAction { get; init; }

    /// <summary>What is said against a dispute.</summary>
    public DisputeEvidence? Evidence { get; init; }

    /// <summary>The cardholder's address, where the cardholder's browser asked; null where a merchant's server did.</summary>
    public string? ClientIp { get; init; }

    /// <summary>The page opens a challenge by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool UseSdk { get; init; }
}
