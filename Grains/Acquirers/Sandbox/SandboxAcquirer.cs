using Grains.Interfaces.Checkout;

namespace Grains.Acquirers.Sandbox;

/// <summary>The sandbox's card acquirer: Stripe's published test cards behave as documented there; it keeps a book of its own.</summary>
public sealed class SandboxAcquirer(SandboxBook book) : IAcquirer
{
    public const string AcquirerName = "sandbox";

    public string Name => AcquirerName;

    public Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken) => Task.FromResult(SandboxDescription.Of(entry));

    public string? TestCard(string name) => SandboxCards.OfName(name)?.Number;

    // On a thread of its own: the book waits for its disk, and whoever asks must not.
    public Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken) => Task.Run(() => book.Do(request), cancellationToken);

    public Task<AcquirerAnswer?> Find(string key, CancellationToken cancellationToken) => Task.FromResult(book.Find(key));
}
