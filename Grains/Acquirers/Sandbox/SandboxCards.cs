namespace Grains.Acquirers.Sandbox;

/// <summary>The test cards that Stripe publishes, by number and by name.</summary>
internal static class SandboxCards
{
    private const string MethodPrefix = "pm_card_";
    private const string TokenPrefix = "tok_";

    private static readonly SandboxCard[] All =
    [
        new("4242424242424242", "visa", "visa"),
        new("4000056655665556", "visa_debit", "visa", "debit"),
        new("5555555555554444", "mastercard", "mastercard"),
        new("2223003122003222", "mastercard_2series", "mastercard"),
        new("5200828282828210", "mastercard_debit", "mastercard", "debit"),
        new("5105105105105100", "mastercard_prepaid", "mastercard", "prepaid"),
        new("378282246310005", "amex", "amex"),
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
        new("4000000000000077", "bypassPending", "visa") { AvailableAtOnce = true },
        Declines("4000000000000002", "visa_chargeDeclined", "card_declined", "generic_decline"),
        Declines("4000000000009995", "visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        Declines("4000000000009987", "visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        Declines("4000000000009979", "visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        Declines("4000000000000069", "chargeDeclinedExpiredCard", "expired_card", null),
        Declines("4000000000000127", "chargeDeclinedIncorrectCvc", "incorrect_cvc", null) with { Cvc = "fail" },
        Declines("4000000000000119", "chargeDeclinedProcessingError", "processing_error", null),
        Declines("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
        Declines("4100000000000019", "radarBlock", "card_declined", "fraudulent") with { Blocked = true, RiskLevel = "highest", RiskScore = 92 },
        Declines("4000000000004954", "riskLevelHighest", "card_declined", "fraudulent") with { Blocked = true, RiskLevel = "highest", RiskScore = 92 },
        Declines("4000000000000341", "chargeCustomerFail", "card_declined", "generic_decline") with { Behaviour = SandboxBehaviour.DeclinesWhenCharged },
        new("4000002500003155", "authenticationRequiredOnSetup", "visa") { Behaviour = SandboxBehaviour.ChallengesUntilPrepared },
        new("4000002760003184", "authenticationRequired", "visa") { Behaviour = SandboxBehaviour.Challenges },
        new("4000003800000446", "authenticationRequiredSetupForOffSession", "visa") { Behaviour = SandboxBehaviour.ChallengesOnSession },
        new("4000000000003220", "threeDSecure2Required", "visa") { Behaviour = SandboxBehaviour.Challenges },
        new("4000000000003055", "threeDSecureOptional", "visa") { Behaviour = SandboxBehaviour.ChallengesWhenAsked },
        Declines("4000008400001629", "threeDSecureRequiredChargeDeclined", "card_declined", "generic_decline") with { Behaviour = SandboxBehaviour.ChallengesThenDeclines },
        Declines("4000008260003178", "authenticationRequiredChargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds") with { Behaviour = SandboxBehaviour.ChallengesThenDeclines },
        new("4000000000000259", "createDispute", "visa") { Behaviour = SandboxBehaviour.Disputes, DisputeReason = "fraudulent" },
        new("4000000000002685", "createDisputeProductNotReceived", "visa") { Behaviour = SandboxBehaviour.Disputes, DisputeReason = "product_not_received" },
        new("4000000000001976", "createDisputeInquiry", "visa") { Behaviour = SandboxBehaviour.Disputes, DisputeReason = "inquiry" },
        new("4000000000005423", "createIssuerFraudRecord", "visa"),
        new("4000000000009235", "riskLevelElevated", "visa") { RiskLevel = "elevated", RiskScore = 68 },
        new("4000000000000101", "cvcCheckFail", "visa") { Cvc = "fail" },
        new("4000000000000036", "avsZipFail", "visa") { PostalCode = "fail" },
        new("4000000000007726", "pendingRefund", "visa") { Behaviour = SandboxBehaviour.RefundArrivesLater },
        new("4000000000005126", "refundFail", "visa") { Behaviour = SandboxBehaviour.RefundComesBack },
    ];

    private static readonly Dictionary<string, SandboxCard> ByName = All.ToDictionary(static card => card.Name);
    private static readonly Dictionary<string, SandboxCard> ByNumber = All.ToDictionary(static card => card.Number);

    public static SandboxCard? OfNumber(string number) => ByNumber.GetValueOrDefault(number);

    public static SandboxCard? OfReference(string? reference) => reference is null ? null : ByName.GetValueOrDefault(reference);

    /// <summary>The card behind <c>pm_card_visa</c> or <c>tok_visa</c>.</summary>
    public static SandboxCard? OfName(string name) =>
        name.StartsWith(MethodPrefix, StringComparison.Ordinal) ? OfReference(name[MethodPrefix.Length..])
        : name.StartsWith(TokenPrefix, StringComparison.Ordinal) ? OfReference(name[TokenPrefix.Length..])
        : null;

    private static SandboxCard Declines(string number, string name, string code, string? declineCode) =>
        new(number, name, "visa") { Behaviour = SandboxBehaviour.Declines, Code = code, DeclineCode = declineCode };
}
