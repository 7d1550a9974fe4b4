using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>What a merchant is told of network and risk: in Stripe's words, and never which rule spoke.</summary>
internal static class ChargeOutcomes
{
    /// <summary>Risk scores from here on are of the highest level, and below it to <see cref="ElevatedFrom"/> elevated. Source: docs.stripe.com/radar/risk-evaluation.</summary>
    public const int HighestFrom = 75;

    public const int ElevatedFrom = 65;

    /// <summary>The payment went through, and somebody is to look at it.</summary>
    public const string ManualReview = "manual_review";

    /// <param name="judged">The stored fraud decision; null where risk was not judged.</param>
    public static ChargeOutcome Of(AcquirerAnswer answer, byte[]? judged)
    {
        if (answer.Outcome != AcquirerOutcome.Approved)
            return NotApproved(answer);
        return judged is not null && RiskDecisionCodec.Decode(judged) is { Outcome: RiskOutcome.Review } risk
            ? new ChargeOutcome
            {
                NetworkStatus = "approved_by_network",
                Reason = "elevated_risk_level",
                RiskLevel = "elevated",
                RiskScore = Math.Clamp(risk.Score, ElevatedFrom, HighestFrom - 1),
                SellerMessage = "The payment has an elevated risk: it went through, and should be reviewed.",
                Type = ManualReview,
            }
            : new ChargeOutcome { NetworkStatus = "approved_by_network", RiskLevel = answer.RiskLevel, RiskScore = answer.RiskScore, SellerMessage = "Payment complete.", Type = "authorized" };
    }

    private static ChargeOutcome NotApproved(AcquirerAnswer answer) => new()
    {
        AdviceCode = Declines.Advice(answer.Code ?? "card_declined", answer.DeclineCode),
        NetworkStatus = answer.Blocked ? "not_sent_to_network" : "declined_by_network",
        Reason = answer.Blocked ? answer.DeclineCode == AuthorizationOutcome.TooFastCode ? "rule" : "highest_risk_level" : answer.DeclineCode ?? answer.Code,
        RiskLevel = answer.RiskLevel,
        RiskScore = answer.RiskScore,
        SellerMessage = answer.Blocked && answer.DeclineCode == AuthorizationOutcome.TooFastCode ? "The payment was blocked: too many or too large ones in a short time." : Declines.SellerMessage(answer.Code ?? "card_declined", answer.DeclineCode),
        Type = answer.Blocked ? "blocked" : "issuer_declined",
    };
}
