using Ledger.Shards;

namespace Grains.Fraud.Detectors;

/// <summary>Rests between pages of work that payments do not wait for, so long that it takes them little of a processor.</summary>
internal sealed class PaymentsFirst(LedgerShards shards, TimeProvider machine)
{
    /// <summary>While payments wait for their commit: a fortieth of a processor.</summary>
    private const int BusyRest = 39;

    public long Now => machine.GetTimestamp();

    /// <param name="began">When the work began.</param>
    /// <param name="idleRest">How many times as long as the work took it rests while no payment waits.</param>
    /// <param name="least">It rests at least so long.</param>
    /// <param name="most">And at most so long, whatever it took.</param>
    public Task Rest(long began, int idleRest, TimeSpan least, CancellationToken cancellationToken, TimeSpan? most = null)
    {
        var rest = machine.GetElapsedTime(began) * (shards.QueueDepth > 0 ? BusyRest : idleRest);
        rest = rest > least ? rest : least;
        rest = rest < most ? rest : most ?? rest;
        return rest > TimeSpan.Zero ? Task.Delay(rest, machine, cancellationToken) : Task.CompletedTask;
    }
}
