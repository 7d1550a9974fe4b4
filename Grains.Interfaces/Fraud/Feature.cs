namespace Grains.Interfaces.Fraud;

/// <summary>
/// What rules and the model look at. Every value is a whole number in the unit that its name ends with or that stands beside it, so
/// that a decision is the same, byte for byte, on every machine. The order is stored and is the model's: append only.
/// What counts, where windows begin and end, what is late and what is missing: <c>docs/fraud-features.md</c>.
/// </summary>
public enum Feature : byte
{
    /// <summary>Of this payment, in minor units.</summary>
    Amount = 0,

    /// <summary>1 where the amount is a whole multiple of 100 major units.</summary>
    AmountIsRound,

    /// <summary>0 to 23, UTC.</summary>
    HourOfDay,

    /// <summary>Payments of the payer in the window, this one not counted: accepted ones (settled, held or on their way).</summary>
    Count1Minute,
    Count1Hour,
    Count24Hours,
    Count7Days,
    Count30Days,
    Count90Days,

    /// <summary>Their amounts, minor units.</summary>
    Sum1Minute,
    Sum1Hour,
    Sum24Hours,
    Sum7Days,
    Sum30Days,
    Sum90Days,

    /// <summary>Minor units, rounded down; missing without a payment in the window.</summary>
    Average30Days,

    /// <summary>Population standard deviation, minor units, rounded down; missing under two payments.</summary>
    Deviation30Days,
    Max30Days,

    /// <summary>(amount − median) / (1.4826 × median absolute deviation) over 90 days, in thousandths; missing under five payments.</summary>
    RobustZ90DaysMilli,

    /// <summary>Attempts that were rejected, whatever for.</summary>
    Rejected1Hour,
    Rejected24Hours,

    DistinctCounterparties24Hours,
    DistinctCounterparties30Days,

    /// <summary>Accepted payments to this counterparty in 90 days.</summary>
    ToCounterparty90Days,

    /// <summary>Milliseconds since the payer's last accepted payment; missing where there is none in 90 days.</summary>
    SinceLastMs,

    /// <summary>Milliseconds since the payer's first accepted payment within 90 days.</summary>
    SinceFirstMs,

    /// <summary>Accepted payments in 24 hours of 80 % up to under 100 % of 10,000 major units, and their sum.</summary>
    NearThreshold24Hours,
    NearThresholdSum24Hours,

    /// <summary>Great-circle metres from the payer's last accepted payment with a place; missing where either has none.</summary>
    TravelMetres,

    /// <summary>Milliseconds since that payment.</summary>
    TravelMs,

    /// <summary>Credits to the payer's account, and what they sum to; missing where the projection does not know.</summary>
    Incoming1Hour,
    Incoming24Hours,
    IncomingSum24Hours,
    IncomingDistinct24Hours,
    SinceIncomingMs,

    /// <summary>Distinct payers on this IP address and on this device in the window, this one counted; missing without one.</summary>
    IpPayers1Hour,
    DevicePayers24Hours,

    /// <summary>1 where this payer was never seen with this device in 90 days.</summary>
    DeviceIsNew,

    /// <summary>Card attempts, and declined ones, of this card's fingerprint, over all merchants.</summary>
    CardAttempts1Hour,
    CardDeclined1Hour,
    CardMerchants24Hours,

    /// <summary>Distinct cards with a declined attempt at this merchant, and its declined and all attempts.</summary>
    MerchantDeclinedCards10Minutes,
    MerchantDeclined10Minutes,
    MerchantAttempts10Minutes,

    /// <summary>Distinct cards with a declined attempt from this IP address.</summary>
    IpDeclinedCards1Hour,

    /// <summary>1 where the card's country is not the billing (or, without one, the merchant's) country.</summary>
    CountryMismatch,

    /// <summary>1 where a list that is in force names the payer, the counterparty, the card, the device or the address.</summary>
    OnBlockList,
    OnAllowList,
    OnWatchList,

    /// <summary>1 where a list in force says that this address does not tell where its user is (a VPN, a proxy, a carrier's gateway).</summary>
    LocationIsUnreliable,

    /// <summary>Accepted payments at this merchant of this card, or of its customer, whichever are more.</summary>
    CardSucceededHere,

    /// <summary>Distinct cards attempted at this merchant, declined or not.</summary>
    MerchantCards10Minutes,

    /// <summary>Distinct addresses that declined attempts at this merchant came from; those without an address are one.</summary>
    MerchantDeclinedAddresses10Minutes,

    /// <summary>The median amount, in minor units, of the newest 64 declined attempts at this merchant; missing without one.</summary>
    MerchantDeclinedMedian10Minutes,

    /// <summary>Distinct cards attempted from this IP address, declined or not.</summary>
    IpCards1Hour,

    /// <summary>Attempts with this card over all merchants, and declined ones; missing where its entity did not answer.</summary>
    CardAttempts24Hours,
    CardDeclined24Hours,
}
