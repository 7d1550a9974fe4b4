namespace Silo.Cluster.Placement;

/// <summary>
/// When the cluster grew or shrank, moves the grains that belong on another silo now, a bounded number at a time. It also looks now and
/// then, for a grain that woke while silos disagreed on who is there.
/// </summary>
internal sealed partial class ShardMover(ClusterGrains grains, IClusterMembershipService membership, ILocalSiloDetails local, ClusterSettings settings, ClusterInstruments instruments, ILogger<ShardMover> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var updates = membership.MembershipUpdates.GetAsyncEnumerator(stoppingToken);
        var update = updates.MoveNextAsync().AsTask();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Move(stoppingToken);
                await Task.WhenAny(update, Task.Delay(LookEvery, stoppingToken));
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

    private async Task Move(CancellationToken cancellationToken)
    {
        var silos = membership.CurrentSnapshot.Members.Values.Where(static member => member.Status == SiloStatus.Active).Select(static member => member.SiloAddress).ToArray();
        if (!silos.Contains(local.SiloAddress))
            return;
        var moving = grains.Awake.Where(shell => !ShardPlacementDirector.SiloOf(ShardPlacementDirector.BucketOf(shell.Id), silos).Equals(local.SiloAddress)).ToList();
        foreach (var batch in moving.Chunk(settings.MovesAtOnce))
        {
            foreach (var shell in batch)
                shell.Move();
            while (batch.Any(grains.IsAwake))
                await Task.Delay(Pause, cancellationToken);
        }

        if (moving.Count == 0)
            return;
        instruments.Moved(moving.Count);
        Moved(logger, moving.Count, silos.Length);
    }

    [LoggerMessage(1, LogLevel.Information, "{Count} grains went to another of {Silos} silos.")]
    private static partial void Moved(ILogger logger, int count, int silos);

    [LoggerMessage(2, LogLevel.Debug, "No more grains are moved.")]
    private static partial void Stopped(ILogger logger);
}
