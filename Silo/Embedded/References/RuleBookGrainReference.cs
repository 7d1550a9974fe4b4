using Grains.Interfaces.Fraud;

namespace Silo.Embedded.References;

/// <summary>What callers in this process hold of the rule book's grain.</summary>
internal sealed class RuleBookGrainReference(GrainHandle handle) : IRuleBookGrain
{
    public Task<RuleBookAnswer> ChangeRule(RuleCommand command) => handle.Call(static (IRuleBookGrain grain, RuleCommand c) => grain.ChangeRule(c), command);

    public Task<RuleBookAnswer> ChangeList(ListCommand command) => handle.Call(static (IRuleBookGrain grain, ListCommand c) => grain.ChangeList(c), command);

    public Task<RuleBookAnswer> ChangeModel(ModelCommand command) => handle.Call(static (IRuleBookGrain grain, ModelCommand c) => grain.ChangeModel(c), command);

    public Task<IReadOnlyList<FraudRule>> Rules() => handle.Call(static (IRuleBookGrain grain) => grain.Rules());

    public Task<IReadOnlyList<RuleVersion>> Versions(string rule) => handle.Call(static (IRuleBookGrain grain, string r) => grain.Versions(r), rule);

    public Task<FraudRuleSet?> RuleSet(int version) => handle.Call(static (IRuleBookGrain grain, int v) => grain.RuleSet(v), version);

    public Task<IReadOnlyList<ListedEntry>> Entries(ListEntryQuery query) => handle.Call(static (IRuleBookGrain grain, ListEntryQuery q) => grain.Entries(q), query);
}
