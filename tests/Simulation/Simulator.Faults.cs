namespace Simulation;

/// <summary>How processes come and go.</summary>
internal sealed partial class Simulator
{
    private void Strike(FaultKind fault)
    {
        trace.Line($"fault: {fault}");
        switch (fault)
        {
            case FaultKind.Crash:
                throw new CrashedException();
            case FaultKind.StartOwner:
                StartOwner();
                break;
            case FaultKind.KillOwner:
                Kill(owners[random.Next(owners.Count)]);
                break;
            case FaultKind.StopOwner:
                owners[random.Next(owners.Count)].Drain();
                break;
            case FaultKind.SlowReads:
                faults.SlowReads = true;
                break;
            case FaultKind.ShardAway:
                faults.Away = (random.Next(plan.Shards), time.NowMs + random.Next(2_500, 8_000));
                break;
            default:
                throw new InvalidOperationException($"{fault} strikes at a commit.");
        }
    }

    /// <summary>Who has drained, and written what was queued, goes.</summary>
    private void Retire()
    {
        foreach (var owner in owners.FindAll(static owner => owner.Draining is { IsCompleted: true } && !owner.HasWork))
        {
            trace.Line($"owner {owner.Number} has stopped");
            Kill(owner);
        }
    }

    private void StartOwner()
    {
        var owner = new Owner(
            ++lastOwner, plan, steps, time, settings,
            (owner, shard) => new OwnerStore(stores[shard], shard, faults, new SlowAnswers(faults, random, read => steps.Add(owner, read))),
            errors.Add);
        owners.Add(owner);
        banks.HasSeveralOwners = owners.Count > 1;
        trace.Line($"owner {owner.Number} starts");
    }

    private void Kill(Owner owner)
    {
        owners.Remove(owner);
        owner.Dispose();
        clients.OwnerDied(owner);
        trace.Line($"owner {owner.Number} is gone");
        banks.HasSeveralOwners = owners.Count > 1;
        if (owners.Count == 0)
            StartOwner();
    }

    /// <summary>Every process dies; the store opens what the disk has.</summary>
    private void Crash()
    {
        trace.Line("crash");
        crashes++;
        foreach (var owner in owners)
        {
            owner.Dispose();
            clients.OwnerDied(owner);
        }

        owners.Clear();
        foreach (var disk in disks)
            disk.Crash();
        stores = [.. disks.Select(bug.Plant)];
        checker.ReadLogAgain(OnDisk);
        StartOwner();
    }
}
