namespace Grains.Fraud.Features;

/// <summary>
/// How many distinct payers one IP address or one device had in a window: over the newest 4,096 payments at most, exactly counted.
/// One thread at a time; no clock of its own.
/// </summary>
/// <param name="lengthMs">(now − length, now].</param>
public sealed class DistinctWindow(long lengthMs)
{
    public const int MaxSightings = 4_096;

    /// <summary>Of a payment, as it is saved. The next release's come behind them.</summary>
    private const int SavedNumbers = 3;

    // A payment comes again soon, if at all; and a payer who is counted twice is one payer.
    private const int Lately = 16;

    private readonly Sightings sightings = new(lengthMs);

    /// <summary>Payments kept, at most <see cref="MaxSightings"/>.</summary>
    public int Kept => sightings.Items.Count;

    public static DistinctWindow OfAddress() => new(WindowMs.Hour);

    public static DistinctWindow OfDevice() => new(WindowMs.Day);

    /// <summary>A payment of a payer; one that is among the newest 16 already changes nothing. It may be late.</summary>
    /// <param name="id">The payment's.</param>
    /// <param name="payer">A 64-bit keyed hash.</param>
    public void See(long id, long timeMs, long payer)
    {
        if (sightings.Items.IndexOf(id, Lately) >= 0)
            return;
        sightings.Insert(new Sighting(id, timeMs, payer));
        while (Kept > MaxSightings || sightings.Items[0].TimeMs <= sightings.Items[Kept - 1].TimeMs - (2 * lengthMs))
            sightings.RemoveAt(0);
    }

    /// <summary>Distinct payers in the window, the one of now counted whether it was seen or not.</summary>
    public int Count(long nowMs, long payer)
    {
        sightings.MoveTo(nowMs);
        return sightings.Payers.Distinct + (sightings.Payers.Holds(payer) ? 0 : 1);
    }

    /// <summary>All payments, as bytes for <see cref="Restore"/>; null where there are none.</summary>
    public byte[]? Save() => SavedItems.Write(Kept, SavedNumbers, (index, numbers) =>
    {
        var sighting = sightings.Items[index];
        (numbers[0], numbers[1], numbers[2]) = (sighting.Id, sighting.TimeMs, sighting.Payer);
    });

    /// <summary>Adds what another window of the kind saved.</summary>
    public void Restore(ReadOnlySpan<byte> saved) => SavedItems.Read(saved, SavedNumbers, (_, numbers) => See(numbers[0], numbers[1], numbers[2]));

    private readonly record struct Sighting(long Id, long TimeMs, long Payer) : ITimed;

    private sealed class Sightings(long lengthMs) : MovingWindows<Sighting>([lengthMs], MaxSightings)
    {
        public Tally Payers { get; } = new();

        protected override void Enter(int window, in Sighting item) => Payers.Enter(item.Payer, declined: false);

        protected override void Leave(int window, in Sighting item) => Payers.Leave(item.Payer, declined: false);
    }
}
