namespace Grains.Fraud.Detectors;

/// <summary>
/// What was found lately: a pattern that lasts is an alert a day. What is remembered is read back from the alerts, so that a restart
/// makes no second one. The latest 20,000 at most.
/// </summary>
internal sealed class FoundBefore
{
    /// <summary>How long a pattern is not found anew.</summary>
    public const long QuietMs = Features.WindowMs.Day;

    private const int MaxFound = 20_000;

    private readonly Dictionary<(string Detector, string About), long> found = [];

    /// <summary>A day before or after, by the time of the events: what is told again may be older than what was found.</summary>
    public bool Has(string detector, string about, long timeMs) => found.TryGetValue((detector, about), out var at) && Math.Abs(timeMs - at) < QuietMs;

    public void Note(string detector, string about, long timeMs)
    {
        found[(detector, about)] = timeMs;
        if (found.Count <= MaxFound)
            return;
        foreach (var (key, _) in found.OrderBy(static pair => pair.Value).ThenBy(static pair => pair.Key.Detector, StringComparer.Ordinal).ThenBy(static pair => pair.Key.About, StringComparer.Ordinal).Take(MaxFound / 2).ToList())
            found.Remove(key);
    }
}
