using Grains.Interfaces.Checkout;

namespace Grains.Acquirers.Sandbox;

/// <summary>What the bank behind a test card says to an authorization or a check: decided by the card alone.</summary>
internal static class SandboxIssuer
{
    public static AcquirerAnswer Decide(AcquirerRequest request, string reference)
    {
        if (SandboxCards.OfReference(request.CardReference) is not { } card)
            return new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "card_declined", DeclineCode = "testmode_decline" };
        var needsChallenge = !request.Authenticated && NeedsChallenge(card, request);
        if (needsChallenge && request.OffSession)
            return Declined(card, "authentication_required", "authentication_required");
        if (needsChallenge)
            return new AcquirerAnswer(AcquirerOutcome.ChallengeRequired) { Challenge = "ch3ds_" + reference };
        if (Declines(card, request))
            return Declined(card, card.Code!, card.DeclineCode);
        return new AcquirerAnswer(AcquirerOutcome.Approved)
        {
            Reference = reference,
            RiskLevel = card.RiskLevel,
            RiskScore = card.RiskScore,
            // What is only held is not disputed yet.
            DisputeReason = request is { Operation: AcquirerOperation.Authorize, Final: true } ? card.DisputeReason : null,
            IsFlexible = card.IsFlexible,
            AvailableAtOnce = card.AvailableAtOnce,
        };
    }

    public static RefundCourse Refund(string? cardReference) => SandboxCards.OfReference(cardReference)?.Behaviour switch
    {
        SandboxBehaviour.RefundArrivesLater => RefundCourse.ArrivesLater,
        SandboxBehaviour.RefundComesBack => RefundCourse.ComesBack,
        _ => RefundCourse.Arrives,
    };

    private static bool NeedsChallenge(SandboxCard card, AcquirerRequest request) => card.Behaviour switch
    {
        SandboxBehaviour.Challenges or SandboxBehaviour.ChallengesThenDeclines => true,
        SandboxBehaviour.ChallengesUntilPrepared => !(request.Prepared && request.OffSession),
        SandboxBehaviour.ChallengesOnSession => !request.OffSession,
        SandboxBehaviour.ChallengesWhenAsked => request.WantsChallenge && !request.OffSession,
        SandboxBehaviour.Approves or SandboxBehaviour.Declines or SandboxBehaviour.DeclinesWhenCharged or SandboxBehaviour.Disputes
            or SandboxBehaviour.RefundArrivesLater or SandboxBehaviour.RefundComesBack or SandboxBehaviour.DeclinesWhenAsked => false,
    };

    private static bool Declines(SandboxCard card, AcquirerRequest request) => card.Behaviour switch
    {
        SandboxBehaviour.Declines => true,
        SandboxBehaviour.DeclinesWhenAsked => request.WantsChallenge && !request.OffSession,
        SandboxBehaviour.DeclinesWhenCharged or SandboxBehaviour.ChallengesThenDeclines => request.Operation == AcquirerOperation.Authorize,
        SandboxBehaviour.Challenges or SandboxBehaviour.ChallengesUntilPrepared or SandboxBehaviour.ChallengesOnSession or SandboxBehaviour.ChallengesWhenAsked
            or SandboxBehaviour.Approves or SandboxBehaviour.Disputes or SandboxBehaviour.RefundArrivesLater or SandboxBehaviour.RefundComesBack => false,
    };

    private static AcquirerAnswer Declined(SandboxCard card, string code, string? declineCode) => new(AcquirerOutcome.Declined)
    {
        Code = code,
        DeclineCode = declineCode,
        Blocked = card.Blocked,
        RiskLevel = card.RiskLevel,
        RiskScore = card.RiskScore,
    };
}
