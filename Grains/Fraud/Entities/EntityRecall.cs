using Grains.Fraud.Detectors;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;
using Ledger.Shards;

namespace Grains.Fraud.Entities;

/// <summary>
/// Tells addresses and devices again what the log has of the longest of their windows: recorded attempts, with what they were recorded
/// with. What was asked and never recorded is not among them.
/// </summary>
/// <param name="see">Notes a sighting under an entity's key. What it knows already changes nothing.</param>
/// <param name="machine">Measures pauses.</param>
public sealed class EntityRecall(LedgerShards shards, SeenEvents events, Action<RiskEntityKey, EntitySighting> see, TimeProvider machine)
{
    /// <summary>The newest rows of a shard that are read, whatever they are of.</summary>
    public const int MaxRows = 200_000;

    private const int PageRows = 512;

    private readonly PaymentsFirst courtesy = new(shards, machine);

    // What was told is not told again where a try failed in between.
    private readonly (long Position, long End)?[] reading = new (long, long)?[shards.Count];
    private long told;

    /// <summary>Up to where the log reached when it began: later attempts tell themselves.</summary>
    /// <param name="nowMs">The product's time.</param>
    /// <returns>How many attempts were told.</returns>
    public async Task<long> Run(long nowMs, CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < reading.Length; shard++)
        {
            var writer = shards.Writers[shard];
            var newest = writer.Tail.Position;
            var (position, end) = reading[shard] ??= (await LogStart.Since(writer.Reader, newest, nowMs - WindowMs.Day, MaxRows), newest);
            while (position < end)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var began = courtesy.Now;
                var rows = await writer.Reader.RowsAfter(position, PageRows);
                if (rows.Count == 0)
                    break;
                position = rows[^1].Position;
                foreach (var row in rows)
                    if (row.Sealed is not null && SeenEvents.IsAttempt(row) && await events.ReadPayment(row) is { } attempt)
                        told += See(attempt);
                reading[shard] = (position, end);
                await courtesy.Rest(began, 0, TimeSpan.Zero, cancellationToken);
            }
        }

        return told;
    }

    private int See(SeenPayment attempt)
    {
        if (attempt.Address == 0 && attempt.Device == 0)
            return 0;
        var sighting = new EntitySighting(attempt.Key, attempt.Debtor, attempt.TimeMs);
        if (attempt.Address != 0)
            see(new RiskEntityKey(RiskEntityKind.Address, attempt.Address), sighting);
        if (attempt.Device != 0)
            see(new RiskEntityKey(RiskEntityKind.Device, attempt.Device), sighting);
        return 1;
    }
}
