using Gateway.Problems;
using Grains.Interfaces.Accounts;

namespace Gateway.Payments;

/// <summary>What a submission that recorded nothing is answered.</summary>
internal static class SubmitProblem
{
    /// <summary>Null where a payment is recorded.</summary>
    public static Problem? Of(SubmitOutcome outcome, bool isReturn) => outcome switch
    {
        SubmitOutcome.Recorded => null,
        SubmitOutcome.KeyReused => new Problem(ProblemCode.IdempotencyKeyReused),
        SubmitOutcome.KeyInUse => new Problem(ProblemCode.IdempotencyKeyInUse),
        SubmitOutcome.Overloaded => new Problem(ProblemCode.Overloaded),
        SubmitOutcome.Unknown => isReturn ? new Problem(ProblemCode.PaymentNotReturnable) : Problem.OfField("debtorAccount", "is not an account of yours."),
        SubmitOutcome.ReturnExceedsPayment => Problem.OfField("amount", "is more than what is left of the payment.", ProblemCode.ReturnExceedsPayment),
        SubmitOutcome.Failed => new Problem(ProblemCode.NotRecorded),
        SubmitOutcome.ShuttingDown => new Problem(ProblemCode.ShuttingDown),
        SubmitOutcome.OtherShardAway => new Problem(ProblemCode.ShardUnavailable),
        SubmitOutcome.Moved => new Problem(ProblemCode.AccountMoved),
    };
}
