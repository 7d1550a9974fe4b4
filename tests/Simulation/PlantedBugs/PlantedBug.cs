using Ledger;

namespace Simulation.PlantedBugs;

/// <summary>A mistake that a simulation must find, put between the writers and the store.</summary>
internal sealed record PlantedBug(string Name, Func<Disk, ILedgerStore> Plant)
{
    public static PlantedBug None { get; } = new("none", static disk => disk.Store);

    public static PlantedBug AnswerBeforeCommit { get; } = new("answer-before-commit", static disk => new StoreThatAnswersFirst(disk.Store));

    public static PlantedBug LostReload { get; } = new("lost-reload", static disk => new StoreThatLosesReloads(disk.Store));

    public static PlantedBug ForgottenKey { get; } = new("forgotten-key", static disk => new StoreThatForgetsKeys(disk.Store, disk.LedgerPath));

    public static PlantedBug EndStaysDue { get; } = new("end-stays-due", static disk => new StoreThatKeepsEndsDue(disk.Store));

    public static IReadOnlyList<PlantedBug> All { get; } = [AnswerBeforeCommit, LostReload, ForgottenKey, EndStaysDue];
}
