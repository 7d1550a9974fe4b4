namespace Grains.Interfaces.Fraud;

/// <summary>The card payment that a case is about, as it was when the case was opened: who paid, whom, and with which card.</summary>
public sealed record CaseCard
{
    public required string Merchant { get; init; }

    /// <summary><c>ch_…</c></summary>
    public required string Charge { get; init; }

    /// <summary><c>prv_…</c>: what the merchant sees of the case.</summary>
    public required string Review { get; init; }

    /// <summary><c>cus_…</c>; null where the merchant named none.</summary>
    public string? Customer { get; init; }

    /// <summary>The cardholder's, where it was given.</summary>
    public string? Name { get; init; }

    public string? Email { get; init; }

    public required string Brand { get; init; }

    /// <summary>The number's last four digits.</summary>
    public required string Last4 { get; init; }

    /// <summary>A keyed hash of the number: as a card stands on a list.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>ISO 3166-1 alpha-2, of the card's BIN.</summary>
    public required string Country { get; init; }

    /// <summary><c>credit</c>, <c>debit</c> or <c>prepaid</c>.</summary>
    public required string Funding { get; init; }
}
