namespace Grains.Fraud.Features;

/// <summary>What a list's entry names. The number is stored: never reuse one.</summary>
public enum ListSubject : byte
{
    /// <summary>The payer's account id.</summary>
    Account = 1,

    /// <summary>The account id, or whatever else names whom is paid.</summary>
    Counterparty = 2,

    /// <summary>A card's fingerprint.</summary>
    Card = 3,

    Device = 4,

    /// <summary>An IP address, or a range of them as CIDR.</summary>
    Ip = 5,
}
