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
    public async Task<bool> Tell(string key) => await Merchant(key) is { } merchant && await merchant.Notify(new AcquirerNotice(key));

    /// <summary>What an attempt took is disputed: false where that is to be told again; what is nobody's here is passed over.</summary>
    /// <param name="key">The attempt's; null where none of ours took it.</param>
    /// <param name="dispute">The acquirer's name of it.</param>
    public async Task<bool> Tell(string? key, string dispute) =>
        key is null || await Merchant(key) is not { } merchant || await merchant.TakeDispute(new DisputeNotice(key, dispute));

    private async Task<IMerchantGrain?> Merchant(string key)
    {
        var id = key[..Math.Max(0, key.LastIndexOf(':'))];
        foreach (var kind in (DocumentKind[])[DocumentKind.PaymentIntent, DocumentKind.SetupIntent, DocumentKind.Refund])
            if (ResourceId.TryParse(id, DocumentId.Prefix(kind), out _, out var number) && await documents.FindOwner(number) is { } owner)
                return grains.Get<IMerchantGrain>(owner.Id.Value);
        return null;
    }
}
