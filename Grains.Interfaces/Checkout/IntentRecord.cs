using System.Text.Json.Serialization;

namespace Grains.Interfaces.Checkout;

/// <summary>What only the merchant's grain knows of a payment intent.</summary>
public sealed record IntentRecord
{
    /// <summary>The acquirer call under way; null where there is none.</summary>
    public Attempt? Attempt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Attempts { get; init; }

    /// <summary>The pending transfer of its authorization, by the id of its row; 0 where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Hold { get; init; }

    /// <summary>Minor units that the hold was made over, increases included.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Held { get; init; }

    /// <summary>Minor units of it that were captured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Captured { get; init; }

    /// <summary>When the authorization ends, in milliseconds since 1970; 0 where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CaptureBeforeMs { get; init; }

    /// <summary>Rows of the ledger that tell of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Rows { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OffSession { get; init; }

    public string? ReturnUrl { get; init; }

    /// <summary>The cardholder's address at the last confirmation, where the cardholder's browser made it.</summary>
    public string? ClientIp { get; init; }

    /// <summary>The challenge that the cardholder is at, by the acquirer's name.</summary>
    public string? Challenge { get; init; }

    /// <summary>The payment method whose challenge was passed, where the merchant's server is to confirm once more; null otherwise.</summary>
    public string? AuthenticatedMethod { get; init; }

    /// <summary>That challenge, by the acquirer's name.</summary>
    public string? PassedChallenge { get; init; }

    /// <summary>The fraud decision of the attempt under way, as <see cref="Fraud.RiskDecisionCodec"/> has it; its charge takes it over. Null where there is none.</summary>
    public byte[]? Risk { get; init; }

    /// <summary>By what the card's entity knows the attempt; 0 where nobody was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Sighting { get; init; }

    /// <summary>The checkout session that it is paid by; 0 for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Session { get; init; }
}

/// <summary>What only the merchant's grain knows of a setup intent.</summary>
public sealed record SetupRecord
{
    public Attempt? Attempt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Attempts { get; init; }

    public string? ReturnUrl { get; init; }

    /// <summary>As <see cref="IntentRecord.ClientIp"/>.</summary>
    public string? ClientIp { get; init; }

    public string? Challenge { get; init; }

    /// <summary>The fraud decision of the last attempt; null where there is none.</summary>
    public byte[]? Risk { get; init; }

    /// <summary>As <see cref="IntentRecord.Sighting"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Sighting { get; init; }

    /// <summary>The latest checks of cards, oldest first: they count as charges of nothing.</summary>
    public IReadOnlyList<CardCheck> Checks { get; init; } = [];
}

/// <summary>A check of a card, as velocity counts it.</summary>
/// <param name="Card">The card's fingerprint.</param>
public sealed record CardCheck(long AtMs, string Card, string? ClientIp);
