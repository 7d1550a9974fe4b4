using Grains.Fraud.Rules;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Microsoft.Extensions.Logging;

namespace Grains.Fraud.RuleBook;

/// <summary>What the rule book's grain uses.</summary>
/// <param name="Writer">Of the shard that its key is on.</param>
/// <param name="FourEyes">Whether a change of what acts on payments takes two people.</param>
/// <param name="Clock">The product's time.</param>
public sealed record RuleBookServices(
    LedgerWriter Writer, DocumentReader Documents, MasterKey MasterKey, IGrains Grains, RuleBookReader Book, RulesInForce InForce, bool FourEyes, TimeProvider Clock, ILogger<RuleBookGrain> Logger);

/// <summary>
/// The grain of a ledger's fraud rules, lists and model. Changes are few, so one is decided after the other is durable: what it knows is always
/// committed state, and is what it answers reads with (<c>RuleBookGrain.Deciding.cs</c>).
/// </summary>
public sealed partial class RuleBookGrain : IRuleBookGrain, IGrainLifecycle
{
    /// <summary>By name.</summary>
    private static readonly IFraudRule[] All = [.. FraudRules.All.Append(ScoreThresholds.Rule).OrderBy(static rule => rule.Name, StringComparer.Ordinal)];

    private readonly RuleBookServices services;
    private readonly WriterLane lane = new();
    private readonly OneByOne turns = new();
    private RuleBookState book = RuleBookState.Delivered;
    private DataKey? dataKey;

    public RuleBookGrain(string key, RuleBookServices services)
    {
        if (key != IRuleBookGrain.Key)
            throw new ArgumentException($"The rule book of a ledger is '{IRuleBookGrain.Key}'.", nameof(key));
        this.services = services;
    }

    public Task Activate() => Reload();

    public async Task Deactivate()
    {
        await turns.Last;
        dataKey?.Dispose();
    }

    public Task<RuleBookAnswer> ChangeRule(RuleCommand command) => turns.Run(() => Change(
        command.Key, command.RequestHash,
        now => Find(command.Rule) is { } rule ? Decide(rule, command, now) : new Decided(new RuleBookAnswer(RuleBookOutcome.Unknown), null)));

    public Task<RuleBookAnswer> ChangeList(ListCommand command) => turns.Run(() => Change(command.Key, command.RequestHash, now =>
    {
        var (answer, number) = ListDecision.Decide(book, command, services.FourEyes, services.Writer.Ids.Next(), now);
        return new Decided(answer, entry => entry.Of(answer.Entry!, number, command, lane, dataKey!));
    }));

    public Task<RuleBookAnswer> ChangeModel(ModelCommand command) => turns.Run(() => Change(default, UInt128.Zero, now =>
    {
        var (answer, isNew) = ModelDecision.Decide(book.Model, command, services.FourEyes, now);
        return new Decided(answer, isNew ? entry => entry.Of(answer.Model!, command, lane, dataKey!) : null);
    }));

    public Task<IReadOnlyList<FraudRule>> Rules() => turns.Run(() => Read(() => Task.FromResult<IReadOnlyList<FraudRule>>([.. All.Select(Show)])));

    public Task<IReadOnlyList<RuleVersion>> Versions(string rule) => turns.Run(() => Read(() =>
        Task.FromResult<IReadOnlyList<RuleVersion>>(Find(rule) is { } known ? [.. book.Versions(known).Reverse()] : [])));

    public Task<FraudRuleSet?> RuleSet(int version) => turns.Run(() => Read(() =>
        version == 0 || version == book.SetInForce.Version ? Task.FromResult<FraudRuleSet?>(book.SetInForce) : services.Book.ReadSet(version)));

    public Task<IReadOnlyList<ListedEntry>> Entries(ListEntryQuery query) => turns.Run(() => Read(() => Task.FromResult<IReadOnlyList<ListedEntry>>(
        [.. book.Entries.Reverse().Where(entry => (query.Before == 0 || entry.Key < query.Before) && entry.Value.List == query.List).Take(query.Limit).Select(static entry => entry.Value)])));

    private static IFraudRule? Find(string name) => All.FirstOrDefault(rule => rule.Name == name);

    private Decided Decide(IFraudRule rule, RuleCommand command, long nowMs)
    {
        var decided = RuleDecision.Decide(book, rule, command, services.FourEyes, nowMs);
        return new Decided(decided.Answer, entry => entry.Of(decided, command, lane, dataKey!));
    }

    private FraudRule Show(IFraudRule rule)
    {
        var versions = book.Versions(rule);
        return new FraudRule
        {
            Name = rule.Name,
            Description = rule.Description,
            Parameters = [.. rule.Parameters.Select(static parameter => new ParameterForm(parameter.Name, parameter.Unit, parameter.Default, parameter.Min, parameter.Max, parameter.Description))],
            Revision = book.Revision(rule.Name),
            Versions = versions.Count,
            Published = versions.FirstOrDefault(static version => version.Mode == RuleMode.Published),
            Shadow = versions.FirstOrDefault(static version => version.Mode == RuleMode.Shadow),
        };
    }
}
