namespace Grains.Fraud.Detectors;

/// <summary>
/// What was found lately, so that the ledger is asked about a pattern once, and not by each of its events: a pattern that lasts is an alert
/// a day (<see cref="AlertRaising"/>). The latest 20,000 at most.
/// </summary>
internal sealed class FoundBefore
{
    private const int MaxFound = 20_000;

    /// <summary>Suspects of a pattern that are remembered; beyond it, whoever else joins is let be.</summary>
    private const int MaxSuspects = 1_000;

    private readonly Dictionary<(string Detector, string About), Found> patterns = [];

    /// <summary>A day before or after, by the time of the events: what is told again may be older than what was found.</summary>
    /// <param name="suspects">Whom it would freeze: one who is new to the pattern is news.</param>
    public bool Has(string detector, string about, long timeMs, IReadOnlyList<long> suspects) =>
        patterns.TryGetValue((detector, about), out var found) && Math.Abs(timeMs - found.TimeMs) < AlertRaising.QuietMs
        && (found.Suspects.Count >= MaxSuspects || suspects.All(found.Suspects.Contains));

    public void Note(string detector, string about, long timeMs, IReadOnlyList<long> suspects)
    {
        if (!patterns.TryGetValue((detector, about), out var found) || Math.Abs(timeMs - found.TimeMs) >= AlertRaising.QuietMs)
            patterns[(detector, about)] = found = new Found(timeMs, []);
        found.Suspects.UnionWith(suspects);
        if (patterns.Count <= MaxFound)
            return;
        foreach (var (key, _) in patterns.OrderBy(static pair => pair.Value.TimeMs).ThenBy(static pair => pair.Key.Detector, StringComparer.Ordinal).ThenBy(static pair => pair.Key.About, StringComparer.Ordinal).Take(MaxFound / 2).ToList())
            patterns.Remove(key);
    }

    private sealed record Found(long TimeMs, HashSet<long> Suspects);
}
