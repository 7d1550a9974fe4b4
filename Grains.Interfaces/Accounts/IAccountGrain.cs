using Grains.Interfaces.Fraud;

namespace Grains.Interfaces.Accounts;

/// <summary>
/// One account. Its key is the account id. It decides every debit of the account in single-threaded turns: idempotency,
/// status, limits and funds in one step, with no gap between check and act. A call ends only after the decision is durable.
/// </summary>
public interface IAccountGrain : IDueWork
{
    /// <summary>Pays. Declines are recorded too: both are <see cref="SubmitOutcome.Recorded"/>.</summary>
    Task<SubmitAnswer> Submit(PaymentInstruction instruction);

    /// <summary>Several payments of this debtor, decided in order in one turn; one answer each, in order.</summary>
    Task<IReadOnlyList<SubmitAnswer>> SubmitAll(IReadOnlyList<PaymentInstruction> instructions);

    /// <summary>
    /// What <see cref="Submit"/> would answer now, without effect, as far as status, limits and funds go: whether it would be held or
    /// declined for risk is not told, or whoever asks often enough learns what passes. The id in the answer names nothing.
    /// </summary>
    Task<SubmitAnswer> Preview(PaymentInstruction instruction);

    /// <summary>Returns money that this account received.</summary>
    Task<SubmitAnswer> Return(ReturnInstruction instruction);

    /// <summary>What an analyst does with a case of one of this account's payments.</summary>
    Task<CaseAnswer> ActOnCase(CaseCommand command);

    Task<AccountAnswer> Open(OpenAccount command);

    Task<AccountAnswer> ChangeStatus(ChangeStatus command);

    Task<AccountAnswer> ChangeLimits(ChangeLimits command);

    Task<AccountAnswer> Fund(FundAccount command);

    /// <summary>How much of each limited window is used now; null where there is no such account.</summary>
    Task<LimitsUse?> LimitsUse();
}
