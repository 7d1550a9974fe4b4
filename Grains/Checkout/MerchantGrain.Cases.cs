using System.Globalization;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>
/// Cases of card payments: the merchant's grain decides what becomes of one, in the turn of which its payments are decided, so that of
/// two analysts, or of an analyst and the merchant, one acts. What a refusal undoes at the acquirer is committed with it, and done once,
/// by whoever comes back to it.
/// </summary>
public sealed partial class MerchantGrain
{
    public async Task<CaseAnswer> ActOnCase(CaseCommand command)
    {
        await Ready();
        if (book.Owner == 0)
            return new CaseAnswer(CaseOutcome.Unknown);
        var hash = command.RequestHash.ToString("x32", CultureInfo.InvariantCulture);
        if (await Find(command.Key) is { } stored)
            return Again(stored, hash);
        var (refused, undone) = ((CaseAnswer?)null, new List<(DocumentKind Kind, long Number)>());
        var tenant = await Tenant();
        var outcome = await Commit(Ours, tenant, draft =>
        {
            undone.Clear();
            return ReviewDecisions.Act(draft, command, undone, out refused);
        }, command.Key, hash);
        var answer = outcome.Answer!;
        // Under its key something else was recorded meanwhile.
        if ((answer.Replayed || answer.Status == 400) && await Find(command.Key) is { } first)
            return Again(first, hash);
        if (refused is not null && answer is { Status: 409, MayRetry: true })
            return refused;
        if (answer.Status != 200)
            return new CaseAnswer(answer.MayRetry ? CaseOutcome.Overloaded : CaseOutcome.Failed);
        foreach (var (kind, number) in undone)
            if (await Recorded(number) is { } document && Attempts.Of(document) is { } attempt)
                await Perform(kind, number, attempt, tenant);
        return new CaseAnswer(CaseOutcome.Recorded, FraudJson.ReadCase(answer.Body));
    }

    private static CaseAnswer Again(StoredRequest stored, string hash) => stored.Hash == hash
        ? new CaseAnswer(CaseOutcome.Recorded, FraudJson.ReadCase(stored.Body!), Replayed: true)
        : new CaseAnswer(CaseOutcome.KeyReused);
}
