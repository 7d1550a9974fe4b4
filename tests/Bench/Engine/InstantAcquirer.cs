using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Bench.Engine;

/// <summary>Says yes at once, and remembers nothing: what is measured is the product, not an acquirer.</summary>
internal sealed class InstantAcquirer : IAcquirer
{
    private static readonly Task<AcquirerAnswer> Yes = Task.FromResult(new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = "instant" });

    public string Name => "instant";

    public Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken) =>
        Task.FromResult(new AcquirerCard("instant", "visa", "credit", "US", new CardChecks { CvcCheck = "pass" }));

    public TestCard? TestCard(string name) => name == "pm_card_visa" ? new TestCard("4242424242424242", WithAddress: false) : null;

    public Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken) => Yes;

    public Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken) => Task.FromResult<AcquirerAnswer?>(null);
}
