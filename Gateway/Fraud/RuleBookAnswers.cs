using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Fraud;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fraud;

/// <summary>What became of a change of a rule or a list, as an answer.</summary>
internal static class RuleBookAnswers
{
    /// <param name="status">Of what was recorded.</param>
    /// <param name="location">Of what was made; null where nothing was.</param>
    /// <param name="unknown">What there is not.</param>
    public static IResult Result(RuleBookAnswer answer, int status, Func<RuleBookAnswer, string?> location, string unknown) => answer switch
    {
        { Outcome: RuleBookOutcome.Recorded, Entry: { } entry } => new JsonResult<ListedEntry>(status, entry, RuleJson.Write) { Replayed = answer.Replayed, Location = location(answer) },
        { Outcome: RuleBookOutcome.Recorded } => new JsonResult<RuleVersion>(status, answer.Rule!, RuleJson.Write) { Replayed = answer.Replayed, Location = location(answer) },
        _ => Refusal(answer, unknown),
    };

    /// <summary>Of what was not recorded.</summary>
    /// <param name="unknown">What there is not.</param>
    public static IResult Refusal(RuleBookAnswer answer, string unknown) => answer.Outcome switch
    {
        RuleBookOutcome.Recorded => throw new InvalidOperationException("What was recorded is no refusal."),
        RuleBookOutcome.Unknown => new Problem(ProblemCode.NotFound, unknown),
        RuleBookOutcome.Changed => By(ProblemCode.RuleChanged, answer.Detail, answer.By),
        RuleBookOutcome.NotInPlace => new Problem(ProblemCode.RuleNotInPlace, answer.Detail),
        RuleBookOutcome.NotAsked => new Problem(ProblemCode.ListEntryNotAsked, answer.Detail),
        RuleBookOutcome.FourEyes => By(ProblemCode.FourEyes, $"{answer.By} drafted this, or asked for it: somebody else must do it.", answer.By),
        RuleBookOutcome.Refused => Refused(answer.Errors),
        RuleBookOutcome.Full => new Problem(answer.Detail is null ? ProblemCode.ListFull : ProblemCode.RuleFull, answer.Detail),
        RuleBookOutcome.Exists => new Problem(ProblemCode.ListEntryExists) { Members = [new("actedBy", answer.By!), new("entryId", answer.Entry!.Id)] },
        RuleBookOutcome.KeyReused => new Problem(ProblemCode.IdempotencyKeyReused),
        RuleBookOutcome.Overloaded => new Problem(ProblemCode.Overloaded),
        RuleBookOutcome.Failed => new Problem(ProblemCode.NotRecorded),
        RuleBookOutcome.ShuttingDown => new Problem(ProblemCode.ShuttingDown),
    };

    private static Problem By(ProblemCode code, string? detail, string? by) => new(code, detail) { Members = by is null ? [] : [new("actedBy", by)] };

    private static Problem Refused(IReadOnlyList<RefusedField> fields)
    {
        var errors = new FieldErrors();
        foreach (var (path, message) in fields)
            errors.Add(path, message);
        return errors.ToProblem();
    }
}
