namespace Grains.Checkout;

/// <summary>
/// The bank accounts that every merchant of the sandbox has: one that takes payouts, and one for each failure that Stripe's test
/// account numbers show.
/// </summary>
internal static class PayoutDestination
{
    public const string Default = "ba_sandbox";

    private static readonly Dictionary<string, (string Code, string Message)> Failures = new()
    {
        ["ba_sandbox_no_account"] = ("no_account", "The bank account details are probably incorrect: no bank account could be located with them."),
        ["ba_sandbox_account_closed"] = ("account_closed", "The bank account has been closed."),
        ["ba_sandbox_insufficient_funds"] = ("insufficient_funds", "The account that the payout is made from has not enough funds."),
        ["ba_sandbox_debit_not_authorized"] = ("debit_not_authorized", "Debit transactions are not approved on the bank account."),
        ["ba_sandbox_invalid_currency"] = ("invalid_currency", "The bank was unable to process this payout because of its currency."),
    };

    public static bool Exists(string id) => id == Default || Failures.ContainsKey(id);

    /// <summary>Why the bank does not take a payout there; null where it does.</summary>
    public static (string Code, string Message)? Failure(string id) => Failures.TryGetValue(id, out var failure) ? failure : null;
}
