namespace Silo.Cluster.Placement;

/// <summary>
/// When the cluster grew or shrank, moves the grains that belong on another silo now, a bounded number at a time. It also looks now and
/// then, for a grain that woke while silos disagreed on who is there.
/// </summary>
internal sealed partial class ShardMover(
    ClusterGrains grains, IClusterMembershipService membership, IClusterManifestProvider manifests, ILocalSiloDetails local, ClusterSettings settings, ClusterInstruments instruments, ILogger<ShardMover> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookSoon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var updates = membership.MembershipUpdates.GetAsyncEnumerator(stoppingToken);
        var update = updates.MoveNextAsync().AsTask();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var areAllKnown = await Move(stoppingToken);
                await Task.WhenAny(update, Task.Delay(areAllKnown ? LookEvery : LookSoon, stoppingToken));
                if (update.IsCompleted && !await update)
                    return;
                if (update.IsCompleted)
                    update = updates.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Stopped(logger);
        }
    }

    // Orleans places on silos only whose manifest it has fetched, a moment after they joined. What is moved before would find no other place
    // than the one where it is, and lose on the way what it knows.
    private async Task<bool> Move(CancellationToken cancellationToken)
    {
        var seen = membership.CurrentSnapshot;
        var active = seen.Members.Values.Where(static member => member.Status == SiloStatus.Active).Select(static member => member.SiloAddress).ToArray();
        if (!active.Contains(local.SiloAddress))
            return true;
        if (!active.All(manifests.Current.Silos.ContainsKey))
            return false;
        var moving = grains.Awake.Where(shell => !ShardPlacementDirector.SiloOf(ShardPlacementDirector.BucketOf(shell.Id), active).Equals(local.SiloAddress)).ToList();
        var moved = 0;
        foreach (var batch in moving.Chunk(settings.MovesAtOnce))
        {
            // Who is there changed meanwhile: they may belong elsewhere.
            if (membership.CurrentSnapshot.Version != seen.Version)
                break;
            foreach (var shell in batch)
                shell.Move();
            while (batch.Any(grains.IsAwake))
                await Task.Delay(Pause, cancellationToken);
            moved += batch.Length;
        }

        if (moved > 0)
        {
            instruments.Moved(moved);
            Moved(logger, moved, active.Length);
        }

        return moved == moving.Count;
    }

    [LoggerMessage(1, LogLevel.Information, "{Count} grains went to another of {Silos} silos.")]
    private static partial void Moved(ILogger logger, int count, int silos);

    [LoggerMessage(2, LogLevel.Debug, "No more grains are moved.")]
    private static partial void Stopped(ILogger logger);
}
