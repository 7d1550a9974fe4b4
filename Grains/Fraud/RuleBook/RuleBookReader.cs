using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Grains.Fraud.RuleBook;

/// <summary>Reads the rule book as it is committed. For many threads at once.</summary>
public sealed class RuleBookReader(ILedgerReader reader, DocumentReader documents)
{
    private const int Page = 500;

    private static readonly AccountId Owner = AccountId.Parse(IRuleBookGrain.Key);

    /// <summary>The rules of a version of the rule set, as decisions used them; null where there is no such version.</summary>
    public async Task<RuleSet?> At(int version) => await ReadSet(version) is { } set ? RuleSets.ToActive(set, out _) : null;

    /// <summary>Null where there is no such version.</summary>
    internal async Task<FraudRuleSet?> ReadSet(int version)
    {
        if (await reader.FindAccount(Owner) is { } owner && await FindSet(owner, version) is { } set)
            return set;
        // Nothing was changed yet, so nothing was written.
        return version == 1 ? RuleSets.Delivered() : null;
    }

    /// <summary>The owner's version, which each change advances; 0 before the first.</summary>
    internal async ValueTask<long> Version() => await reader.FindAccount(Owner) is { } owner ? owner.Version : 0;

    /// <summary>
    /// All of it. Another process may change it meanwhile: what is read is then of no one moment, and of the version of before.
    /// </summary>
    internal async Task<RuleBookState> Read()
    {
        if (await reader.FindAccount(Owner) is not { } owner)
            return RuleBookState.Delivered;
        if (owner.Tenant != 0)
            throw new InvalidDataException($"Account {owner.Id} is a tenant's: rules cannot be recorded under it.");
        var book = new RuleBookState { Owner = owner, LedgerVersion = owner.Version };
        var newest = 1;
        await foreach (var document in All(owner, RuleDocuments.VersionKind, null))
        {
            var version = RuleDocuments.ReadVersion(document);
            newest = Math.Max(newest, version.RuleSetVersion);
            book = book.With(version, document.Number);
        }

        await foreach (var document in All(owner, RuleDocuments.EntryKind, RuleDocuments.Standing))
            book = book.With(RuleDocuments.ReadEntry(document), document.Number);
        await foreach (var document in All(owner, RuleDocuments.ModelKind, null))
            book = book with { Model = RuleDocuments.ReadModel(document), ModelNumber = document.Number };
        return book with { Set = await FindSet(owner, newest) };
    }

    private async ValueTask<FraudRuleSet?> FindSet(AccountRecord owner, int version)
    {
        var found = await documents.List(new DocumentQuery(owner.Number, RuleDocuments.SetKind, RuleDocuments.OfSet(version), 0, 0, 1));
        return found.Count == 0 ? null : RuleDocuments.ReadSet(found[0].State);
    }

    // By page: no read of the ledger is long.
    private async IAsyncEnumerable<DocumentState> All(AccountRecord owner, byte kind, string? link)
    {
        for (long before = 0; ;)
        {
            var page = await documents.List(new DocumentQuery(owner.Number, kind, link, before, 0, Page));
            foreach (var document in page)
                yield return document.State;
            if (page.Count < Page)
                yield break;
            before = page[^1].State.Number;
        }
    }
}
