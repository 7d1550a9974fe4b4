namespace Grains.Checkout;

/// <summary>Kinds of due work of a merchant. Stored: never change one.</summary>
public static class DueKind
{
    /// <summary>Ask an acquirer for an attempt.</summary>
    public const string Resolve = "checkout.resolve";

    /// <summary>An authorization ends.</summary>
    public const string Expire = "checkout.expire";

    /// <summary>A refund arrives, or comes back.</summary>
    public const string RefundCourse = "checkout.refund";

    /// <summary>An acquirer is asked what became of a refund that it took.</summary>
    public const string FollowRefund = "checkout.refund.follow";

    /// <summary>An acquirer is asked for a dispute.</summary>
    public const string FollowDispute = "checkout.dispute.follow";

    /// <summary>An event goes to an endpoint.</summary>
    public const string Deliver = "webhook.deliver";

    /// <summary>A payout goes on its way, or arrives.</summary>
    public const string PayoutCourse = "checkout.payout";

    /// <summary>A checkout session ends unpaid.</summary>
    public const string EndSession = "checkout.session";

    /// <summary>The case of a card payment ends, and the payment stands.</summary>
    public const string EndReview = "checkout.review";

    public static IReadOnlyList<string> All { get; } = [Resolve, Expire, RefundCourse, FollowRefund, FollowDispute, Deliver, PayoutCourse, EndSession, EndReview];
}
