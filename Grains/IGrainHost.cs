using Grains.Interfaces;

namespace Grains;

/// <summary>Where grains run: in this process alone, or spread over the silos of a cluster.</summary>
public interface IGrainHost : IGrains
{
    /// <summary>Says how the grain of a key is made, within its first turn; before the first <see cref="IGrains.Get"/> of its contract.</summary>
    void Register<TGrain>(Func<string, TGrain> create)
        where TGrain : class;

    /// <summary>
    /// Takes no new calls (<see cref="GrainHostStopping"/>), lets those in progress end, with the calls that they make, and puts every
    /// grain of this process to sleep. Cancelling stops the waiting only.
    /// </summary>
    Task Drain(CancellationToken cancellationToken);
}
