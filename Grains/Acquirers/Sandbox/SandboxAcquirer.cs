using Grains.Interfaces.Checkout;
using Ledger;

namespace Grains.Acquirers.Sandbox;

/// <summary>The sandbox's card acquirer: Stripe's published test cards behave as documented there; it keeps a book of its own.</summary>
public sealed class SandboxAcquirer(ISandboxBook book) : IAcquirer, IDisposable
{
    public const string AcquirerName = "sandbox";

    private readonly SemaphoreSlim turn = new(1);

    public string Name => AcquirerName;

    public Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken) => Task.FromResult(SandboxDescription.Of(entry));

    public TestCard? TestCard(string name) => SandboxCards.OfName(name) is { } card ? new TestCard(card.Number, card.IsOfAddress) : null;

    // The book waits for its disk, and whoever asks must not: one thread at a time does, and the others are no thread's.
    public async Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => book.Do(request), CancellationToken.None);
        }
        catch (LedgerStoreException unreachable)
        {
            throw new AcquirerSilentException("The sandbox's book could not be reached.", unreachable);
        }
        finally
        {
            turn.Release();
        }
    }

    public async Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => book.Find(request.Key), CancellationToken.None);
        }
        catch (LedgerStoreException unreachable)
        {
            throw new AcquirerSilentException("The sandbox's book could not be reached.", unreachable);
        }
    }

    public void Dispose() => turn.Dispose();
}
