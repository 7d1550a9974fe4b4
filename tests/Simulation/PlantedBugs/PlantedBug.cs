using Ledger;

namespace Simulation;

/// <summary>A mistake that a simulation must find, put between the writer and the store.</summary>
internal sealed record PlantedBug(string Name, Func<Disk, ILedgerStore> Plant)
{
    public static PlantedBug None { get; } = new("none", static disk => disk.Store);
}
