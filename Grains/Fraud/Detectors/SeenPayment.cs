using Grains.Interfaces.Values;

namespace Grains.Fraud.Detectors;

/// <summary>An event of an instant payment, as detectors see it. Accounts are numbers; devices and addresses keyed hashes, 0 for none.</summary>
public sealed record SeenPayment
{
    /// <summary>Of the row of the log.</summary>
    public required long Row { get; init; }

    public required long TimeMs { get; init; }

    /// <summary>The payment's number.</summary>
    public required long Payment { get; init; }

    /// <summary>By which a payment that is sent again is the same.</summary>
    public long Key { get; init; }

    public required long Debtor { get; init; }

    public required long Creditor { get; init; }

    /// <summary>When the creditor's account was opened.</summary>
    public long CreditorOpenedAtMs { get; init; }

    /// <summary>In minor units.</summary>
    public required long Amount { get; init; }

    public required Currency Currency { get; init; }

    /// <summary>Somebody asked to pay: the payment's first event, whatever came of it.</summary>
    public bool IsAttempt { get; init; }

    /// <summary>The money arrived.</summary>
    public bool IsPaid { get; init; }

    public long Address { get; init; }

    public long Device { get; init; }

    public SeenReference Reference => new(Debtor, Payment, IsCharge: false);
}

/// <summary>A card attempt as detectors see it: a charge, as it was made.</summary>
/// <param name="Charge">The charge's number.</param>
/// <param name="Merchant">The account under which its merchant's checkout is recorded.</param>
/// <param name="Address">Where the cardholder's browser asked from; 0 where that is not known.</param>
/// <param name="IsDeclined">By the issuer, the acquirer, or the merchant's own rules. Published test cards decline nothing.</param>
public sealed record SeenCardTry(long Row, long TimeMs, long Charge, long Merchant, long Card, long Address, long Amount, Currency Currency, bool IsDeclined)
{
    public SeenReference Reference => new(Merchant, Charge, IsCharge: true);
}
