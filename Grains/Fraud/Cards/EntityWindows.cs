using Grains.Fraud.Features;

namespace Grains.Fraud.Cards;

/// <summary>A window of attempts for each card or address, the latest 2,048 at most: whoever was forgotten begins anew.</summary>
/// <param name="make">A window that holds nothing.</param>
internal sealed class EntityWindows(Func<AttemptWindow> make)
{
    public const int MaxEntities = 2_048;

    private readonly Dictionary<long, (AttemptWindow Window, long TimeMs)> windows = [];
    private readonly AttemptWindow none = make();

    public int Count => windows.Count;

    /// <summary>Null where nothing is known of it.</summary>
    public AttemptWindow? Find(long entity) => windows.GetValueOrDefault(entity).Window;

    /// <summary>Where nothing is known of it, a window that holds nothing.</summary>
    public AttemptWindow FindOrNone(long entity) => Find(entity) ?? none;

    public void Add(long entity, in CardAttempt attempt)
    {
        var (window, timeMs) = windows.GetValueOrDefault(entity);
        window ??= make();
        window.Add(attempt);
        windows[entity] = (window, Math.Max(timeMs, attempt.TimeMs));
        if (windows.Count > MaxEntities)
            ForgetOldestHalf();
    }

    public void Forget() => windows.Clear();

    private void ForgetOldestHalf()
    {
        foreach (var (entity, _) in windows.OrderBy(static entry => entry.Value.TimeMs).ThenBy(static entry => entry.Key).Take(MaxEntities / 2).ToList())
            windows.Remove(entity);
    }
}
