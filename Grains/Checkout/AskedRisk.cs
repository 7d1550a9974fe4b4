using Grains.Fraud.Cards;

namespace Grains.Checkout;

/// <summary>
/// What one request's decision was told by others, and waited for, before it was made: it may be made several times, and asks and waits
/// once.
/// </summary>
internal sealed class AskedRisk
{
    /// <summary>What the card's entity said; null where nobody was asked yet.</summary>
    public CardAround? Card { get; set; }

    /// <summary>Which card that was: while others were waited for, the request's payment may have got another one.</summary>
    public long CardHash { get; set; }

    /// <summary>Whether attempts under way are waited for no longer.</summary>
    public bool IsDoneWaiting { get; set; }

    /// <summary>Whether others wait for what becomes of this one.</summary>
    public bool HoldsUp { get; set; }

    /// <summary>When the waiting began, by the clock's timestamp; 0 where it did not.</summary>
    public long WaitsSince { get; set; }
}
