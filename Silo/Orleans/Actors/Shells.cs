using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Silo.Cluster.Actors;

/// <summary>The actor of an account. Lists travel as arrays, which every release can read.</summary>
[GrainType("account")]
internal sealed class AccountGrainShell(ClusterGrains grains) : Shell<IAccountGrain>(grains), IAccountGrainActor
{
    public Task<SubmitAnswer> Submit(PaymentInstruction instruction) => Inner.Submit(instruction);

    public async Task<IReadOnlyList<SubmitAnswer>> SubmitAll(IReadOnlyList<PaymentInstruction> instructions) => (await Inner.SubmitAll(instructions)).ToArray();

    public Task<SubmitAnswer> Preview(PaymentInstruction instruction) => Inner.Preview(instruction);

    public Task<SubmitAnswer> Return(ReturnInstruction instruction) => Inner.Return(instruction);

    public Task<CaseAnswer> ActOnCase(CaseCommand command) => Inner.ActOnCase(command);

    public Task<AccountAnswer> Open(OpenAccount command) => Inner.Open(command);

    public Task<AccountAnswer> ChangeStatus(ChangeStatus command) => Inner.ChangeStatus(command);

    public Task<AccountAnswer> ChangeLimits(ChangeLimits command) => Inner.ChangeLimits(command);

    public Task<AccountAnswer> Fund(FundAccount command) => Inner.Fund(command);

    public Task<LimitsUse?> LimitsUse() => Inner.LimitsUse();

    public Task<DueOutcome> DoDue(DueCall call) => Inner.DoDue(call);
}

/// <summary>The actor of a merchant.</summary>
[GrainType("merchant")]
internal sealed class MerchantGrainShell(ClusterGrains grains) : Shell<IMerchantGrain>(grains), IMerchantGrainActor
{
    public Task<WireAnswer> Run(MerchantRequest request) => Inner.Run(request);

    public Task<bool> Redeliver(string delivery) => Inner.Redeliver(delivery);

    public Task<bool> SendNext(DeliveryQueue queue) => Inner.SendNext(queue);

    public Task<bool> Notify(AcquirerNotice notice) => Inner.Notify(notice);

    public Task<bool> TakeDispute(DisputeNotice notice) => Inner.TakeDispute(notice);

    public Task<CaseAnswer> ActOnCase(CaseCommand command) => Inner.ActOnCase(command);

    public Task<DueOutcome> DoDue(DueCall call) => Inner.DoDue(call);
}

/// <summary>The actor of the rule book.</summary>
[GrainType("rulebook")]
internal sealed class RuleBookGrainShell(ClusterGrains grains) : Shell<IRuleBookGrain>(grains), IRuleBookGrainActor
{
    public Task<RuleBookAnswer> ChangeRule(RuleCommand command) => Inner.ChangeRule(command);

    public Task<RuleBookAnswer> ChangeList(ListCommand command) => Inner.ChangeList(command);

    public Task<RuleBookAnswer> ChangeModel(ModelCommand command) => Inner.ChangeModel(command);

    public async Task<IReadOnlyList<FraudRule>> Rules() => (await Inner.Rules()).ToArray();

    public async Task<IReadOnlyList<RuleVersion>> Versions(string rule) => (await Inner.Versions(rule)).ToArray();

    public Task<FraudRuleSet?> RuleSet(int version) => Inner.RuleSet(version);

    public async Task<IReadOnlyList<ListedEntry>> Entries(ListEntryQuery query) => (await Inner.Entries(query)).ToArray();
}

/// <summary>The actor of an address or a device.</summary>
[GrainType(RiskEntityGrainShell.TypeName)]
internal sealed class RiskEntityGrainShell(ClusterGrains grains) : Shell<IRiskEntityGrain>(grains), IRiskEntityGrainActor
{
    public const string TypeName = "entity";

    // Its longest window.
    protected override TimeSpan KeptAwake => TimeSpan.FromDays(1);

    public ValueTask<EntityAnswer> See(EntitySighting sighting) => Inner.See(sighting);
}

/// <summary>The actor of a card.</summary>
[GrainType("card")]
internal sealed class CardEntityGrainShell(ClusterGrains grains) : Shell<ICardEntityGrain>(grains), ICardEntityGrainActor
{
    // Its longest window.
    protected override TimeSpan KeptAwake => TimeSpan.FromDays(1);

    public Task<CardAnswer> See(CardSighting sighting) => Inner.See(sighting);

    public Task<bool> Decline(CardSighting sighting) => Inner.Decline(sighting);
}

/// <summary>The actor of fraud's alerts.</summary>
[GrainType("alerts")]
internal sealed class FraudAlertsGrainShell(ClusterGrains grains) : Shell<IFraudAlertsGrain>(grains), IFraudAlertsGrainActor
{
    public Task<AlertAnswer> Raise(RaiseAlert command) => Inner.Raise(command);

    public Task<AlertAnswer> Extend(ExtendAlert command) => Inner.Extend(command);

    public Task<AlertAnswer> Close(CloseAlert command) => Inner.Close(command);
}
