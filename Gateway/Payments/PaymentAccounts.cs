using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;

namespace Gateway.Payments;

/// <summary>
/// Checks a payment request against its two accounts: that they exist, that the debtor account is the caller's (another
/// tenant's is as unknown as none), and that both are held in the payment's currency.
/// </summary>
internal sealed class PaymentAccounts(AccountDirectory directory)
{
    /// <summary>What the grain needs to know of the creditor; null where something is refused, by errors.</summary>
    public ValueTask<CreditorFacts?> Check(PaymentRequest request, Caller caller, ItemPath at, FieldErrors errors)
    {
        var debtor = request.Debtor is { } debtorId ? directory.Find(debtorId) : default;
        var creditor = request.Creditor is { } creditorId ? directory.Find(creditorId) : default;
        // Nearly always both are remembered: then there is nothing to wait for.
        return debtor.IsCompletedSuccessfully && creditor.IsCompletedSuccessfully
            ? new ValueTask<CreditorFacts?>(Check(request, debtor.Result, creditor.Result, caller, at, errors))
            : CheckRead(request, debtor, creditor, caller, at, errors);
    }

    private static async ValueTask<CreditorFacts?> CheckRead(
        PaymentRequest request, ValueTask<AccountRecord?> debtor, ValueTask<AccountRecord?> creditor, Caller caller, ItemPath at, FieldErrors errors) =>
        Check(request, await debtor, await creditor, caller, at, errors);

    private static CreditorFacts? Check(PaymentRequest request, AccountRecord? debtor, AccountRecord? creditor, Caller caller, ItemPath at, FieldErrors errors)
    {
        if (request.Debtor is not null && (debtor is null || debtor.Tenant != caller.Tenant))
        {
            errors.Add(at.Of("debtorAccount"), "is not an account of yours.");
            debtor = null;
        }

        (request.KeyScope, request.DebtorNumber) = debtor is null ? default : (debtor.KeyScope, debtor.Number);
        if (request.Creditor is { } asked && (creditor is null || asked.IsSystem))
        {
            errors.Add(at.Of("creditorAccount"), "is not an account of this institution.");
            creditor = null;
        }

        if (request.Currency is { } currency)
            CheckCurrency(currency, debtor, creditor, at, errors);
        return errors.Any || creditor is null ? null : new CreditorFacts(creditor.Id, creditor.Number, creditor.Currency, creditor.Status == AccountStatus.Closed);
    }

    private static void CheckCurrency(Currency currency, AccountRecord? debtor, AccountRecord? creditor, ItemPath at, FieldErrors errors)
    {
        if (debtor is not null && debtor.Currency != currency)
            errors.Add(at.Of("currency"), $"must be the debtor account's, {debtor.Currency.Code}.");
        if (creditor is not null && creditor.Currency != currency)
            errors.Add(at.Of("currency"), "must be the creditor account's.");
    }
}
