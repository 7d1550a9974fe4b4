namespace Grains.Acquirers.Sandbox;

/// <summary>How a test card behaves.</summary>
public enum SandboxBehaviour : byte
{
    Approves = 1,
    Declines,

    /// <summary>Can be saved, and declines when it is charged.</summary>
    DeclinesWhenCharged,

    /// <summary>A challenge for every payment.</summary>
    Challenges,

    /// <summary>A challenge unless the card was prepared.</summary>
    ChallengesUntilPrepared,

    /// <summary>A challenge whenever the cardholder is there.</summary>
    ChallengesOnSession,

    /// <summary>A challenge, and then a decline.</summary>
    ChallengesThenDeclines,

    /// <summary>A challenge where the merchant asks for one.</summary>
    ChallengesWhenAsked,

    /// <summary>Pays, unless the merchant asks for a challenge: that one fails.</summary>
    DeclinesWhenAsked,
    Disputes,
    RefundArrivesLater,
    RefundComesBack,
}

/// <summary>A published test card.</summary>
/// <param name="Name">As in <c>pm_card_…</c> and <c>tok_…</c>; also the card's reference.</param>
internal sealed record SandboxCard(string Number, string Name, string Brand, string Funding = "credit", string Country = "US")
{
    public SandboxBehaviour Behaviour { get; init; } = SandboxBehaviour.Approves;

    /// <summary>Other names of the same card.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    public string? Code { get; init; }

    public string? DeclineCode { get; init; }

    public bool Blocked { get; init; }

    public string RiskLevel { get; init; } = "normal";

    public int RiskScore { get; init; } = 20;

    public string? DisputeReason { get; init; }

    public string Cvc { get; init; } = "pass";

    public string PostalCode { get; init; } = "pass";

    public string AddressLine1 { get; init; } = "pass";

    /// <summary>Whether it is there for what it says of addresses.</summary>
    public bool IsOfAddress => PostalCode != "pass" || AddressLine1 != "pass";

    /// <summary>Whether it can be kept for later; those whose bank declines them cannot.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>Whether its authorizations can be raised, and captured in parts.</summary>
    public bool IsFlexible { get; init; } = true;

    public bool AvailableAtOnce { get; init; }
}
