using System.Text.Json;
using Grains.Interfaces.Reconciliation;
using Ledger;
using Microsoft.Extensions.Logging;

namespace Grains.Reconciliation;

/// <summary>
/// Breaks that are open: all that are followed in memory, the oldest <see cref="ReconciliationState.MostKept"/> in the ledger. Where so many
/// are open that another is not followed, it is named in the log and counted. The ledger's sums are always followed: they are few.
/// </summary>
internal sealed class OpenBreaks
{
    /// <summary>Breaks that are followed at a time, the ledger's sums aside.</summary>
    public const int MostFollowed = 10_000;

    private readonly ILogger logger;
    private readonly Action<string, long> passedOver;
    private readonly Dictionary<string, ReconciliationBreak> breaks;
    private readonly Queue<string> toAsk = [];
    private string saved;
    private bool hasChanged;
    private bool hasToldOfMore;

    /// <param name="passedOver">Is told of those that are not followed.</param>
    /// <param name="known">As the ledger has it; null where it has none.</param>
    public OpenBreaks(ILogger logger, Action<string, long> passedOver, string? known)
    {
        (this.logger, this.passedOver) = (logger, passedOver);
        saved = known ?? Written(ReconciliationState.None);
        var state = JsonSerializer.Deserialize(saved, ReconciliationJson.Default.ReconciliationState) ?? ReconciliationState.None;
        breaks = state.Breaks.ToDictionary(static each => each.Id);
        if (state.Open > breaks.Count)
            ReconciliationLog.NotKept(logger, state.Open - breaks.Count);
    }

    public IReadOnlyCollection<ReconciliationBreak> All => breaks.Values;

    public void Found(ReconciliationBreak found)
    {
        if (breaks.TryGetValue(found.Id, out var before))
        {
            found = found with { FoundAtMs = before.FoundAtMs };
            hasChanged |= found != before;
            breaks[found.Id] = found;
            return;
        }

        ReconciliationLog.Found(logger, found.Id, found.Detail);
        if (breaks.Count >= MostFollowed && found.Kind is not (BreakKind.TrialBalance or BreakKind.Transit))
        {
            passedOver("break", 1);
            if (!hasToldOfMore)
                ReconciliationLog.TooMany(logger, MostFollowed);
            hasToldOfMore = true;
            return;
        }

        breaks.Add(found.Id, found);
        hasChanged = true;
    }

    /// <summary>Closes those that agree.</summary>
    public void Close(Func<ReconciliationBreak, bool> agrees)
    {
        foreach (var id in breaks.Values.Where(agrees).Select(static each => each.Id).ToList())
        {
            breaks.Remove(id);
            (hasChanged, hasToldOfMore) = (true, false);
            ReconciliationLog.Closed(logger, id);
        }
    }

    /// <summary>Begins a round of asking again, unless one is under way: each is asked for once before any is again.</summary>
    public void BeginAsking()
    {
        if (toAsk.Count > 0)
            return;
        foreach (var each in breaks.Values.Where(static each => each.Attempt is not null))
            toAsk.Enqueue(each.Id);
    }

    /// <summary>The next call of the round; null at its end.</summary>
    public EndedAttempt? NextToAsk()
    {
        while (toAsk.TryDequeue(out var id))
            if (breaks.TryGetValue(id, out var next) && next.Attempt is { } attempt)
                return attempt;
        return null;
    }

    /// <exception cref="LedgerStoreException">The registry cannot be written for now.</exception>
    public void Save(IRegistry registry)
    {
        if (!hasChanged)
            return;
        var state = Written(new ReconciliationState(breaks.Count, [.. breaks.Values.OrderBy(static each => each.FoundAtMs).Take(ReconciliationState.MostKept)]));
        if (state != saved)
            registry.WriteSetting(ReconciliationState.Setting, state);
        (saved, hasChanged) = (state, false);
    }

    private static string Written(ReconciliationState state) => JsonSerializer.Serialize(state, ReconciliationJson.Default.ReconciliationState);
}
