using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Microsoft.AspNetCore.Http;

namespace Gateway.Accounts;

/// <summary>What a change of an account is answered.</summary>
internal static class AccountAnswers
{
    public static IResult Result(AccountAnswer answer, int status, string? location = null) =>
        Of(answer.Outcome) ?? (IResult)new JsonResult<AccountSnapshot>(status, answer.Account!, AccountJson.Write) { Location = location, Replayed = answer.Replayed };

    private static Problem? Of(AccountOutcome outcome) => outcome switch
    {
        AccountOutcome.Recorded => null,
        AccountOutcome.KeyReused => new Problem(ProblemCode.IdempotencyKeyReused),
        AccountOutcome.KeyInUse => new Problem(ProblemCode.IdempotencyKeyInUse),
        AccountOutcome.Overloaded => new Problem(ProblemCode.Overloaded),
        AccountOutcome.Unknown => new Problem(ProblemCode.NotFound, "There is no such account."),
        AccountOutcome.Exists => Problem.OfField("id", "is taken.", ProblemCode.AccountExists),
        AccountOutcome.Closed => new Problem(ProblemCode.AccountClosed),
        AccountOutcome.NotEmpty => new Problem(ProblemCode.AccountNotEmpty),
        AccountOutcome.TooMuch => new Problem(ProblemCode.AccountTooFull),
        AccountOutcome.Failed => new Problem(ProblemCode.NotRecorded),
        AccountOutcome.ShuttingDown => new Problem(ProblemCode.ShuttingDown),
        AccountOutcome.Moved => new Problem(ProblemCode.AccountMoved),
    };
}
