namespace Grains.Interfaces.Values;

/// <summary>
/// Why a payment was rejected, in the ISO 20022 external status reason codes. The number is stored: never reuse one.
/// </summary>
public enum Reason : byte
{
    /// <summary>AM04: the debtor's available funds do not cover the amount.</summary>
    InsufficientFunds = 1,

    /// <summary>AC05: the debtor account is closed.</summary>
    ClosedDebtorAccount = 2,

    /// <summary>AC07: the creditor account is closed.</summary>
    ClosedCreditorAccount = 3,

    /// <summary>AC06: the debtor account is frozen.</summary>
    BlockedAccount = 4,

    /// <summary>AM02: the amount is above the account's limit for one payment, or more than the creditor account can hold.</summary>
    NotAllowedAmount = 5,

    /// <summary>AM14: a velocity window of the debtor account is used up.</summary>
    AmountExceedsAgreedLimit = 6,

    /// <summary>AG07: refused for risk, by the product or by an analyst, or because nobody released it in time. Which rule spoke is never told.</summary>
    RiskRefused = 7,
}

/// <summary>When a rejected payment may be tried again.</summary>
public enum Retry : byte
{
    Never = 1,
    Later = 2,
    Corrected = 3,
}

public static class ReasonText
{
    /// <summary>The four-character ISO 20022 code.</summary>
    public static string Code(this Reason reason) => reason switch
    {
        Reason.InsufficientFunds => "AM04",
        Reason.ClosedDebtorAccount => "AC05",
        Reason.ClosedCreditorAccount => "AC07",
        Reason.BlockedAccount => "AC06",
        Reason.NotAllowedAmount => "AM02",
        Reason.AmountExceedsAgreedLimit => "AM14",
        Reason.RiskRefused => "AG07",
    };

    /// <summary>The code's name in the ISO external code set.</summary>
    public static string Name(this Reason reason) => reason switch
    {
        Reason.InsufficientFunds => "InsufficientFunds",
        Reason.ClosedDebtorAccount => "ClosedDebtorAccountNumber",
        Reason.ClosedCreditorAccount => "ClosedCreditorAccountNumber",
        Reason.BlockedAccount => "BlockedAccount",
        Reason.NotAllowedAmount => "NotAllowedAmount",
        Reason.AmountExceedsAgreedLimit => "AmountExceedsAgreedLimit",
        Reason.RiskRefused => "UnsuccessfulDirectDebit",
    };

    public static Retry Retry(this Reason reason) => reason switch
    {
        Reason.InsufficientFunds => Values.Retry.Later,
        Reason.ClosedDebtorAccount => Values.Retry.Never,
        Reason.ClosedCreditorAccount => Values.Retry.Never,
        Reason.BlockedAccount => Values.Retry.Later,
        Reason.NotAllowedAmount => Values.Retry.Corrected,
        Reason.AmountExceedsAgreedLimit => Values.Retry.Later,
        Reason.RiskRefused => Values.Retry.Never,
    };

    /// <summary>The sentence shown where the decision gave no detail of its own.</summary>
    public static string Sentence(this Reason reason) => reason switch
    {
        Reason.InsufficientFunds => "The debtor account's available funds do not cover the amount.",
        Reason.ClosedDebtorAccount => "The debtor account is closed.",
        Reason.ClosedCreditorAccount => "The creditor account is closed.",
        Reason.BlockedAccount => "The debtor account is frozen.",
        Reason.NotAllowedAmount => "The amount is not allowed.",
        Reason.AmountExceedsAgreedLimit => "A limit of the debtor account is used up.",
        Reason.RiskRefused => "The debtor account cannot be debited for this payment.",
    };
}
