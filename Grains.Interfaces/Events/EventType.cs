namespace Grains.Interfaces.Events;

/// <summary>
/// What a row of the event log says happened. The number is stored and hashed: never reuse one. Names never change meaning.
/// </summary>
public enum EventType : byte
{
    PaymentSettled = 1,
    PaymentRejected = 2,

    /// <summary>Money came back from the creditor: on the original payment; the return is a payment of its own.</summary>
    PaymentReturned = 3,

    /// <summary>Money is held until an analyst, or time, says what becomes of the payment.</summary>
    PaymentHeld = 4,

    /// <summary>An analyst let a held payment go: settled follows, or, to another shard, what that one decides.</summary>
    PaymentReleased = 5,

    /// <summary>A pending transfer was voided or expired.</summary>
    PaymentVoided = 6,

    /// <summary>A rail or acquirer did not say what became of it: the outcome is unknown, and asked for until it is known.</summary>
    PaymentUnresolved = 7,

    /// <summary>The debtor paid, and the money is on its way to the creditor's shard: settled or rejected follows.</summary>
    PaymentCreated = 8,

    /// <summary>The submitter was answered that the payment is under way: another shard took its time.</summary>
    PaymentPending = 9,

    /// <summary>Money of another shard's payment was credited here. Decided once; the payment settles by it.</summary>
    TransferCredited = 10,

    /// <summary>Money of another shard's payment was refused here. Decided once; the payment is rejected by it.</summary>
    TransferRefused = 11,

    AccountOpened = 20,
    AccountFrozen = 21,
    AccountUnfrozen = 22,
    AccountClosed = 23,
    AccountLimitsChanged = 24,
    AccountFunded = 25,

    /// <summary>A merchant's checkout objects changed: their states stand sealed in the row.</summary>
    MerchantRecorded = 40,

    /// <summary>A card authorization: the amount is held for the merchant.</summary>
    CardAuthorized = 41,
    CardAuthorizationIncreased = 42,

    /// <summary>A card payment was captured, in whole or part.</summary>
    CardCaptured = 43,

    /// <summary>What was left of a card authorization was released.</summary>
    CardVoided = 44,
    CardAuthorizationExpired = 45,
    CardRefunded = 46,

    /// <summary>A refund did not reach its card: the money is the merchant's again.</summary>
    CardRefundFailed = 47,

    /// <summary>The product's fee for something that the merchant did.</summary>
    FeeCharged = 48,

    /// <summary>A dispute took money from the merchant.</summary>
    DisputeWithdrawn = 49,

    /// <summary>A won dispute gave it back.</summary>
    DisputeReinstated = 50,

    /// <summary>A merchant's money left for its bank.</summary>
    PayoutCreated = 51,

    /// <summary>The bank took it.</summary>
    PayoutPaid = 52,

    /// <summary>The bank did not: the money is the merchant's again.</summary>
    PayoutFailed = 53,
    PayoutCanceled = 54,

    /// <summary>An analyst is to look at a payment: the case's state stands sealed in the row.</summary>
    FraudCaseOpened = 60,
    FraudCaseAssigned = 61,

    /// <summary>A note, a label, or a time to look again.</summary>
    FraudCaseChanged = 62,
    FraudCaseClosed = 63,

    /// <summary>A version of a fraud rule was written: what it says stands sealed in the row, as with each of the next ones.</summary>
    FraudRuleDrafted = 70,
    FraudRuleValidated = 71,

    /// <summary>It is evaluated on live payments, and never acts.</summary>
    FraudRuleShadowed = 72,

    /// <summary>It acts from now on, for the first time or again.</summary>
    FraudRulePublished = 73,
    FraudRuleRetired = 74,

    /// <summary>An entry was put on a block, allow or watch list, or taken off.</summary>
    FraudListChanged = 75,

    /// <summary>One person asked for a change that a second one must make.</summary>
    FraudRuleChangeAsked = 76,

    /// <summary>Another model judges payments from now on, or none; or one person asked for that, or took it back.</summary>
    FraudModelChanged = 77,

    /// <summary>A detector found a pattern across accounts: what it found stands in the row's data, and sealed as a document.</summary>
    FraudAlertRaised = 80,

    /// <summary>An analyst said what an alert was worth.</summary>
    FraudAlertClosed = 81,

    /// <summary>Further accounts of an alert's pattern were frozen.</summary>
    FraudAlertExtended = 82,
}

public static class EventTypeName
{
    /// <summary>The CloudEvents <c>type</c>.</summary>
    public static string Name(this EventType type) => type switch
    {
        EventType.PaymentSettled => "payment.settled",
        EventType.PaymentRejected => "payment.rejected",
        EventType.PaymentReturned => "payment.returned",
        EventType.PaymentHeld => "payment.held",
        EventType.PaymentReleased => "payment.released",
        EventType.PaymentVoided => "payment.voided",
        EventType.PaymentUnresolved => "payment.unresolved",
        EventType.PaymentCreated => "payment.created",
        EventType.PaymentPending => "payment.pending",
        EventType.TransferCredited => "transfer.credited",
        EventType.TransferRefused => "transfer.refused",
        EventType.AccountOpened => "account.opened",
        EventType.AccountFrozen => "account.frozen",
        EventType.AccountUnfrozen => "account.unfrozen",
        EventType.AccountClosed => "account.closed",
        EventType.AccountLimitsChanged => "account.limits_changed",
        EventType.AccountFunded => "account.funded",
        EventType.MerchantRecorded => "merchant.recorded",
        EventType.CardAuthorized => "card.authorized",
        EventType.CardAuthorizationIncreased => "card.authorization_increased",
        EventType.CardCaptured => "card.captured",
        EventType.CardVoided => "card.voided",
        EventType.CardAuthorizationExpired => "card.authorization_expired",
        EventType.CardRefunded => "card.refunded",
        EventType.CardRefundFailed => "card.refund_failed",
        EventType.FeeCharged => "fee.charged",
        EventType.DisputeWithdrawn => "dispute.withdrawn",
        EventType.DisputeReinstated => "dispute.reinstated",
        EventType.PayoutCreated => "payout.created",
        EventType.PayoutPaid => "payout.paid",
        EventType.PayoutFailed => "payout.failed",
        EventType.PayoutCanceled => "payout.canceled",
        EventType.FraudCaseOpened => "fraud.case_opened",
        EventType.FraudCaseAssigned => "fraud.case_assigned",
        EventType.FraudCaseChanged => "fraud.case_changed",
        EventType.FraudCaseClosed => "fraud.case_closed",
        EventType.FraudRuleDrafted => "fraud.rule_drafted",
        EventType.FraudRuleValidated => "fraud.rule_validated",
        EventType.FraudRuleShadowed => "fraud.rule_shadowed",
        EventType.FraudRulePublished => "fraud.rule_published",
        EventType.FraudRuleRetired => "fraud.rule_retired",
        EventType.FraudListChanged => "fraud.list_changed",
        EventType.FraudRuleChangeAsked => "fraud.rule_change_asked",
        EventType.FraudModelChanged => "fraud.model_changed",
        EventType.FraudAlertRaised => "fraud.alert_raised",
        EventType.FraudAlertClosed => "fraud.alert_closed",
        EventType.FraudAlertExtended => "fraud.alert_extended",
    };

    /// <summary>Whether the event's subject is an account; otherwise it is a payment, or a card payment (<see cref="IsOfCheckout"/>).</summary>
    public static bool IsOfAccount(this EventType type) => type is >= EventType.AccountOpened and <= EventType.MerchantRecorded;

    /// <summary>Whether it is one shard's part in another one's payment: its subject is the transfer.</summary>
    public static bool IsOfTransfer(this EventType type) => type is EventType.TransferCredited or EventType.TransferRefused;

    /// <summary>Whether a merchant's checkout recorded it: its data is JSON that names its subject.</summary>
    public static bool IsOfCheckout(this EventType type) => type is >= EventType.MerchantRecorded and <= EventType.PayoutCanceled;

    /// <summary>Whether it is of an analyst's work, which no tenant sees: its data is JSON that names its subject.</summary>
    public static bool IsOfFraud(this EventType type) => type >= EventType.FraudCaseOpened;

    public static bool TryParse(string name, out EventType type)
    {
        foreach (var candidate in Enum.GetValues<EventType>())
        {
            if (candidate.Name() != name)
                continue;
            type = candidate;
            return true;
        }

        type = default;
        return false;
    }
}
