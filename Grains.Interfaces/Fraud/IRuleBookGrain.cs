namespace Grains.Interfaces.Fraud;

/// <summary>
/// The rules, lists and model by which a ledger's payments are judged: one grain, whose key is <see cref="Key"/>. A change ends only once it is
/// durable; what is read is durable.
/// </summary>
public interface IRuleBookGrain
{
    /// <summary>Also the account under whose version and data key changes are recorded. Stored: never change it.</summary>
    public const string Key = "system:fraud";

    Task<RuleBookAnswer> ChangeRule(RuleCommand command);

    Task<RuleBookAnswer> ChangeList(ListCommand command);

    /// <summary>
    /// Puts a model that is on the ledger's shelf in force, or none. Where what acts takes two people, the first one's word is kept and
    /// changes nothing; the same word of a second one does it. To choose again what is in force takes it back.
    /// </summary>
    Task<RuleBookAnswer> ChangeModel(ModelCommand command);

    /// <summary>Every rule of this release, by name.</summary>
    Task<IReadOnlyList<FraudRule>> Rules();

    /// <summary>A rule's versions, the newest first; none where there is no such rule.</summary>
    Task<IReadOnlyList<RuleVersion>> Versions(string rule);

    /// <summary>The rule set of a version, 0 for the one in force; null where there is none.</summary>
    Task<FraudRuleSet?> RuleSet(int version);

    /// <summary>Entries that were not taken off, expired or not.</summary>
    Task<IReadOnlyList<ListedEntry>> Entries(ListEntryQuery query);
}
