namespace Grains.Fraud.Features;

/// <summary>
/// Whose payments one merchant accepted before, by card and by customer, however long ago: the latest 32,768 at most. Whoever was
/// forgotten counts as new.
/// </summary>
public sealed class AcceptedCards
{
    public const int MaxEntities = 32_768;

    private readonly Dictionary<long, (int Count, long TimeMs)> accepted = [];

    public int Count => accepted.Count;

    /// <summary>An accepted payment; the caller tells each once.</summary>
    /// <param name="card">A 64-bit keyed hash of the card's fingerprint.</param>
    /// <param name="customer">A 64-bit keyed hash; 0 for none.</param>
    public void Add(long card, long customer, long timeMs)
    {
        AddOne(card, timeMs);
        if (customer != 0)
            AddOne(customer, timeMs);
    }

    /// <summary>Accepted payments of the card or of the customer, whichever are more.</summary>
    public int Of(long card, long customer) =>
        Math.Max(accepted.GetValueOrDefault(card).Count, customer == 0 ? 0 : accepted.GetValueOrDefault(customer).Count);

    private void AddOne(long entity, long timeMs)
    {
        var known = accepted.GetValueOrDefault(entity);
        accepted[entity] = (known.Count + 1, Math.Max(known.TimeMs, timeMs));
        if (accepted.Count > MaxEntities)
            ForgetOldestHalf();
    }

    private void ForgetOldestHalf()
    {
        foreach (var (entity, _) in accepted.OrderBy(static entry => entry.Value.TimeMs).ThenBy(static entry => entry.Key).Take(MaxEntities / 2).ToList())
            accepted.Remove(entity);
    }
}
