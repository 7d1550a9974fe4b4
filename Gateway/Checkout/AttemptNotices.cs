using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger.Documents;

namespace Gateway.Checkout;

/// <summary>Tells the grain that waits for an acquirer's answer that there is one.</summary>
public sealed class AttemptNotices(IGrains grains, DocumentReader documents)
{
    /// <summary>False where nothing is known by this key, or its answer could not be recorded yet.</summary>
    /// <param name="key">The attempt's, as the acquirer was given it.</param>
    public async Task<bool> Tell(string key)
    {
        var id = key[..Math.Max(0, key.LastIndexOf(':'))];
        foreach (var kind in (DocumentKind[])[DocumentKind.PaymentIntent, DocumentKind.SetupIntent, DocumentKind.Refund])
            if (ResourceId.TryParse(id, DocumentId.Prefix(kind), out _, out var number) && await documents.FindOwner(number) is { } owner)
                return await grains.Get<IMerchantGrain>(owner.Id.Value).Notify(new AcquirerNotice(key));
        return false;
    }
}
