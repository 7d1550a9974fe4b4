using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded.References;

/// <summary>What callers in this process hold of an account grain.</summary>
internal sealed class AccountGrainReference(GrainHandle handle) : IAccountGrain
{
    public Task<SubmitAnswer> Submit(PaymentInstruction instruction) =>
        handle.Call(static (IAccountGrain grain, PaymentInstruction i) => grain.Submit(i), instruction);

    public Task<IReadOnlyList<SubmitAnswer>> SubmitAll(IReadOnlyList<PaymentInstruction> instructions) =>
        handle.Call(static (IAccountGrain grain, IReadOnlyList<PaymentInstruction> all) => grain.SubmitAll(all), instructions);

    public Task<SubmitAnswer> Preview(PaymentInstruction instruction) =>
        handle.Call(static (IAccountGrain grain, PaymentInstruction i) => grain.Preview(i), instruction);

    public Task<SubmitAnswer> Return(ReturnInstruction instruction) =>
        handle.Call(static (IAccountGrain grain, ReturnInstruction i) => grain.Return(i), instruction);

    public Task<CaseAnswer> ActOnCase(CaseCommand command) =>
        handle.Call(static (IAccountGrain grain, CaseCommand c) => grain.ActOnCase(c), command);

    public Task<AccountAnswer> Open(OpenAccount command) =>
        handle.Call(static (IAccountGrain grain, OpenAccount c) => grain.Open(c), command);

    public Task<AccountAnswer> ChangeStatus(ChangeStatus command) =>
        handle.Call(static (IAccountGrain grain, ChangeStatus c) => grain.ChangeStatus(c), command);

    public Task<AccountAnswer> ChangeLimits(ChangeLimits command) =>
        handle.Call(static (IAccountGrain grain, ChangeLimits c) => grain.ChangeLimits(c), command);

    public Task<AccountAnswer> Fund(FundAccount command) =>
        handle.Call(static (IAccountGrain grain, FundAccount c) => grain.Fund(c), command);

    public Task<DueOutcome> DoDue(DueCall call) =>
        handle.Call(static (IAccountGrain grain, DueCall c) => grain.DoDue(c), call);

    public Task<LimitsUse?> LimitsUse() =>
        handle.Call(static (IAccountGrain grain) => grain.LimitsUse());
}
