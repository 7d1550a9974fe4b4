using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Ledger;

namespace Grains.Checkout;

/// <summary>What moved for one object of a merchant's, by the log's rows alone, as the wire counts it.</summary>
internal sealed class CardMoney(LogRow first)
{
    public static CardMoney None { get; } = new(null!);

    /// <summary>The first row that moved anything.</summary>
    public LogRow First => first;

    public long Captured { get; private set; }

    /// <summary>Held, and neither captured nor released.</summary>
    public long Open { get; private set; }

    public long Refunded { get; private set; }

    public long Withdrawn { get; private set; }

    public long PaidOut { get; private set; }

    public void Count(LogRow row)
    {
        var amount = WireCurrency.ToWire(row.Amount, row.Currency);
        switch (row.Type)
        {
            case EventType.CardAuthorized or EventType.CardAuthorizationIncreased:
                Open += amount;
                break;
            case EventType.CardCaptured:
                Captured += amount;
                Open = row.Kind switch { TransferKind.Post => Open - amount, TransferKind.PostFinal => 0, _ => Open };
                break;
            case EventType.CardVoided or EventType.CardAuthorizationExpired:
                Open -= amount;
                break;
            case EventType.CardRefunded:
                Refunded += amount;
                break;
            case EventType.CardRefundFailed:
                Refunded -= amount;
                break;
            case EventType.DisputeWithdrawn:
                Withdrawn += amount;
                break;
            case EventType.DisputeReinstated:
                Withdrawn -= amount;
                break;
            case EventType.PayoutCreated:
                PaidOut += amount;
                break;
            case EventType.PayoutFailed or EventType.PayoutCanceled:
                PaidOut -= amount;
                break;
            default:
                // Fees are shown by the balance transactions of what they are for; a payout that arrives left before.
                break;
        }
    }

    public CardMoney Plus(CardMoney other) => new(first)
    {
        Captured = Captured + other.Captured,
        Open = Open + other.Open,
        Refunded = Refunded + other.Refunded,
        Withdrawn = Withdrawn + other.Withdrawn,
        PaidOut = PaidOut + other.PaidOut,
    };
}
