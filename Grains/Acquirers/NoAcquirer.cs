using Grains.Interfaces.Checkout;

namespace Grains.Acquirers;

/// <summary>Where no acquirer is connected, no card is taken: outside the sandbox, test cards would be money from nowhere.</summary>
public sealed class NoAcquirer : IAcquirer
{
    public string Name => "none";

    public Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken) => Task.FromResult(
        new AcquirerCard("", "", "", "", new CardChecks(), new CardRefusal("card_not_supported", "No card acquirer is connected to this installation.", "number")));

    public TestCard? TestCard(string name) => null;

    public Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken) =>
        throw new AcquirerSilentException("No card acquirer is connected to this installation.");

    public Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken) =>
        throw new AcquirerSilentException("No card acquirer is connected to this installation.");
}
