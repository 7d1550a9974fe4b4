using Grains.Interfaces.Checkout;

namespace Grains.Acquirers;

/// <summary>
/// An acquirer whose answers get lost as the sandbox asks for: half of the silent calls were done, half never arrived.
/// </summary>
public sealed class FaultyAcquirer(IAcquirer inner, AcquirerFaults faults, TimeProvider machine) : IAcquirer
{
    public string Name => inner.Name;

    public bool FindsEveryCall => inner.FindsEveryCall;

    public Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken) => inner.Describe(entry, cancellationToken);

    public TestCard? TestCard(string name) => inner.TestCard(name);

    public async Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken)
    {
        await Delay(cancellationToken);
        if (!IsSilent())
            return await inner.Submit(request, cancellationToken);
        if (Random.Shared.Next(2) == 0)
            await inner.Submit(request, cancellationToken);
        throw new AcquirerSilentException("The sandbox lost the answer, as it was asked to.");
    }

    public async Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken)
    {
        await Delay(cancellationToken);
        return IsSilent() ? throw new AcquirerSilentException("The sandbox lost the answer, as it was asked to.") : await inner.Find(request, cancellationToken);
    }

    private bool IsSilent() => Random.Shared.Next(1_000) < faults.SilentPerThousand;

    private Task Delay(CancellationToken cancellationToken) =>
        faults.DelayMs == 0 ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(faults.DelayMs), machine, cancellationToken);
}
