using Grains.Acquirers;
using Grains.Fraud.Cards;
using Grains.Interfaces;
using Grains.Webhooks;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Microsoft.Extensions.Logging;

namespace Grains.Checkout;

/// <summary>What every merchant grain of a process uses.</summary>
/// <param name="WakeDue">Work was written that is due at once.</param>
/// <param name="Clock">The product's time.</param>
/// <param name="Acquirers">By name.</param>
public sealed record MerchantServices(
    LedgerWriter Writer, IDocumentIndex Index, MasterKey MasterKey, IGrains Grains, IReadOnlyDictionary<string, IAcquirer> Acquirers, CardTokenizer Cards,
    AcquirerOptions AcquirerOptions, IWebhookSender Webhooks, Action WakeDue, TimeProvider Clock, ILogger<MerchantGrain> Logger)
{
    /// <summary>Whether other processes decide for the same merchants: what is remembered may be behind what they committed.</summary>
    public bool IsShared { get; init; }

    /// <summary>What card attempts are judged by; null where risk is not judged.</summary>
    public CardRisk? Risk { get; init; }

    /// <summary>Who is asked what became of what was taken; null where that is not followed.</summary>
    public IFollowedAcquirer? Followed { get; init; }

    /// <summary>How many questions of what became of something may be under way by themselves.</summary>
    public SemaphoreSlim FollowPlaces { get; } = new(8);

    /// <summary>Opens committed documents.</summary>
    public DocumentReader Documents { get; } = new(Index, Writer.Directory, MasterKey);

    internal CheckoutSecrets Secrets { get; } = new(MasterKey);

    internal ReferenceHash References { get; } = new(MasterKey);
}
