namespace Grains.Acquirers.Sandbox;

/// <summary>The test cards that Stripe publishes, by number and by name.</summary>
internal static class SandboxCards
{
    private const string MethodPrefix = "pm_card_";
    private const string TokenPrefix = "tok_";

    private static readonly SandboxCard[] All =
    [
        .. Brands(), .. CountryCards.All, .. Declined(), .. Fraud(), .. Challenged(), .. Disputed(),
        new("4000000000007726", "pendingRefund", "visa") { Behaviour = SandboxBehaviour.RefundArrivesLater },
        new("4000000000005126", "refundFail", "visa") { Behaviour = SandboxBehaviour.RefundComesBack },
        new("4000000000000077", "bypassPending", "visa") { AvailableAtOnce = true },
        new("4000003720000278", "bypassPendingInternational", "visa", Country: "IE") { AvailableAtOnce = true },
        new("4000008400000076", "credit_disableEnterpriseCardFeatures", "visa") { IsFlexible = false },
        new("4000000000000093", "domesticPricing", "visa"),
    ];

    private static readonly Dictionary<string, SandboxCard> ByName = All.SelectMany(static card => card.Also.Prepend(card.Name), static (card, name) => (name, card)).ToDictionary(static named => named.name, static named => named.card);
    private static readonly Dictionary<string, SandboxCard> ByNumber = All.ToDictionary(static card => card.Number);

    public static IReadOnlyCollection<string> Numbers => ByNumber.Keys;

    public static SandboxCard? OfNumber(string number) => ByNumber.GetValueOrDefault(number);

    public static SandboxCard? OfReference(string? reference) => reference is null ? null : ByName.GetValueOrDefault(reference);

    /// <summary>The card behind <c>pm_card_visa</c> or <c>tok_visa</c>.</summary>
    public static SandboxCard? OfName(string name) =>
        name.StartsWith(MethodPrefix, StringComparison.Ordinal) ? OfReference(name[MethodPrefix.Length..])
        : name.StartsWith(TokenPrefix, StringComparison.Ordinal) ? OfReference(name[TokenPrefix.Length..])
        : null;

    private static SandboxCard[] Brands() =>
    [
        new("4242424242424242", "visa", "visa") { Also = ["us"] },
        new("4000056655665556", "visa_debit", "visa", "debit"),
        new("5555555555554444", "mastercard", "mastercard"),
        new("2223003122003222", "mastercard_2series", "mastercard"),
        new("5200828282828210", "mastercard_debit", "mastercard", "debit"),
        new("5105105105105100", "mastercard_prepaid", "mastercard", "prepaid"),
        new("378282246310005", "amex", "amex") { Also = ["amex_threeDSecureNotSupported"] },
        new("371449635398431", "amex_2", "amex"),
        new("6011111111111117", "discover", "discover"),
        new("6011000990139424", "discover_2", "discover"),
        new("6011981111111113", "discover_debit", "discover", "debit"),
        new("3056930009020004", "diners", "diners"),
        new("30569309025904", "diners_2", "diners"),
        new("36227206271667", "diners_14", "diners"),
        new("3566002020360505", "jcb", "jcb"),
        new("6200000000000005", "unionpay", "unionpay", "credit", "CN"),
        new("6205500000000000004", "unionpay_19", "unionpay", "credit", "CN"),
        new("6200000000000047", "unionpay_debit", "unionpay", "debit", "CN"),
        new("4000002500001001", "visa_cartesBancaires", "visa", Country: "FR"),
        new("5555552500001001", "mastercard_cartesBancaires", "mastercard", Country: "FR"),
        new("4000050360000001", "visa_debit_eftposAuCoBranded", "visa", "debit", "AU"),
        new("5555050360000080", "mastercard_debit_eftposAuCoBranded", "mastercard", "debit", "AU"),
    ];

    // The bank says no at once, so that they cannot be kept either; the last one can.
    private static SandboxCard[] Declined() =>
    [
        Declines("4000000000000002", "visa_chargeDeclined", "card_declined", "generic_decline") with { Also = ["chargeDeclined"] },
        Declines("4000000000009995", "visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds") with { Also = ["chargeDeclinedInsufficientFunds"] },
        Declines("4000000000009987", "visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        Declines("4000000000009979", "visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        Declines("4000000000000069", "chargeDeclinedExpiredCard", "expired_card", null),
        Declines("4000000000000127", "chargeDeclinedIncorrectCvc", "incorrect_cvc", null) with { Cvc = "fail" },
        Declines("4000000000000119", "chargeDeclinedProcessingError", "processing_error", null),
        Declines("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        Declines("4000000000000341", "chargeCustomerFail", "card_declined", "generic_decline") with { Behaviour = SandboxBehaviour.DeclinesWhenCharged, IsKept = true },
    ];

    private static SandboxCard[] Fraud() =>
    [
        Declines("4100000000000019", "radarBlock", "card_declined", "fraudulent") with { Also = ["chargeDeclinedFraudulent"], IsKept = true, Blocked = true, RiskLevel = "highest", RiskScore = 92 },
        Declines("4000000000004954", "riskLevelHighest", "card_declined", "fraudulent") with { IsKept = true, Blocked = true, RiskLevel = "highest", RiskScore = 92 },
        new("4000000000009235", "riskLevelElevated", "visa") { RiskLevel = "elevated", RiskScore = 68 },
        new("4000008400000407", "highFraudDisputeScore", "visa"),
        new("4000008400000159", "highEfwScore", "visa"),
        new("4000008400001017", "radarDynamicRiskThreshold", "visa"),
        new("4001858821843804", "freeTrialAbuseBlock", "visa"),
        new("4000008405600003", "adaptive3dsChallenge", "visa"),
        new("4000000000001208", "captchaChallenge", "visa"),
        new("4000000000003725", "captchaChallenge_2", "visa"),
        new("4000000000000101", "cvcCheckFail", "visa") { Cvc = "fail" },
        new("4000058400307872", "cvcCheckFailElevatedRisk", "visa") { Cvc = "fail", RiskLevel = "elevated", RiskScore = 68 },
        new("4000000000000036", "avsZipFail", "visa") { PostalCode = "fail" },
        new("4000058400306072", "avsZipFailElevatedRisk", "visa") { PostalCode = "fail", RiskLevel = "elevated", RiskScore = 68 },
        new("4000000000000028", "avsLine1Fail", "visa") { AddressLine1 = "fail" },
        new("4000000000000010", "avsFail", "visa") { PostalCode = "fail", AddressLine1 = "fail" },
        new("4000000000000044", "avsUnchecked", "visa") { PostalCode = "unavailable", AddressLine1 = "unavailable" },
    ];

    private static SandboxCard[] Challenged() =>
    [
        new("4000002500003155", "authenticationRequiredOnSetup", "visa") { Behaviour = SandboxBehaviour.ChallengesUntilPrepared },
        new("4000002760003184", "authenticationRequired", "visa") { Behaviour = SandboxBehaviour.Challenges },
        new("4000003800000446", "authenticationRequiredSetupForOffSession", "visa") { Behaviour = SandboxBehaviour.ChallengesOnSession },
        Declines("4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds") with { Behaviour = SandboxBehaviour.ChallengesThenDeclines, IsKept = true },
        new("4000000000003220", "threeDSecure2Required", "visa") { Behaviour = SandboxBehaviour.Challenges },
        new("4000000000003063", "threeDSecureRequired", "visa") { Behaviour = SandboxBehaviour.Challenges },
        new("4000008400000027", "threeDSecureRequired_us", "visa") { Behaviour = SandboxBehaviour.Challenges },
        Declines("4000008400001629", "threeDSecureRequiredChargeDeclined", "card_declined", "generic_decline") with { Behaviour = SandboxBehaviour.ChallengesThenDeclines, IsKept = true },
        Declines("4000008400001280", "threeDSecureRequiredProcessingError", "card_declined", "generic_decline") with { IsKept = true },
        new("4000000000003055", "threeDSecureOptional", "visa") { Behaviour = SandboxBehaviour.ChallengesWhenAsked },
        Declines("4000000000003097", "threeDSecureOptionalProcessingError", "processing_error", null) with { Behaviour = SandboxBehaviour.DeclinesWhenAsked, IsKept = true },
        new("4000000032200000", "threeDSecureFrictionless", "visa"),
        new("4000582600000094", "threeDSecureOutOfBand", "visa", Country: "GB"),
        new("4000582600000045", "threeDSecureOneTimePasscode", "visa", Country: "GB"),
        new("4000582600000102", "threeDSecureSingleSelect", "visa", Country: "GB"),
        new("4000582600000110", "threeDSecureMultiSelect", "visa", Country: "GB"),
    ];

    private static SandboxCard[] Disputed() =>
    [
        Disputes("4000000000000259", "createDispute", "fraudulent"),
        Disputes("4000000000002685", "createDisputeProductNotReceived", "product_not_received"),
        Disputes("4000000000001976", "createDisputeInquiry", "inquiry"),
        Disputes("4000000404000079", "createMultipleDisputes", "multiple"),
        Disputes("4000000404000038", "createCe3EligibleDispute", "fraudulent"),
        Disputes("4000008400000779", "createComplianceDispute", "noncompliant"),
        Disputes("5105008400000002", "createMastercardComplianceDispute", "noncompliant") with { Brand = "mastercard" },
        Disputes("4000000001000043", "createAutoRepresentmentEligibleDispute", "fraudulent"),
        // Its warning is of a kind of object that is not on this wire.
        new("4000000000005423", "createIssuerFraudRecord", "visa"),
    ];

    private static SandboxCard Disputes(string number, string name, string reason) =>
        new(number, name, "visa") { Behaviour = SandboxBehaviour.Disputes, DisputeReason = reason };

    private static SandboxCard Declines(string number, string name, string code, string? declineCode) =>
        new(number, name, "visa") { Behaviour = SandboxBehaviour.Declines, Code = code, DeclineCode = declineCode, IsKept = false };
}
