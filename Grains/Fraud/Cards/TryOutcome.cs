namespace Grains.Fraud.Cards;

/// <summary>What an attempt came to, as far as it tells who tries cards.</summary>
public enum TryOutcome : byte
{
    /// <summary>The card pays.</summary>
    Accepted = 1,

    /// <summary>By the card's issuer or the acquirer.</summary>
    Declined,

    /// <summary>Neither: a check that passed, or a decline that is a test card's script.</summary>
    Neither,
}
