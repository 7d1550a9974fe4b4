using Gateway.Problems;

namespace Gateway.OpenApi;

/// <summary>A query parameter of an operation.</summary>
internal sealed record ApiParameter(string Name, string Description, string Schema, string? Example = null)
{
    /// <summary>Of every list.</summary>
    public static ApiParameter Limit { get; } = new("limit", "Items on the page, 1 to 1,000.", """{"type":"integer","minimum":1,"maximum":1000,"default":50}""", "10");

    public static ApiParameter After { get; } = new("after", "The cursor that the page before gave as `next`.", """{"type":"string"}""");
}

/// <summary>One operation of the public surface, as its document tells it.</summary>
internal sealed record ApiOperation(string Method, string Path, string Tag, string Id, string Summary)
{
    public string Description { get; init; } = "";

    /// <summary>The sandbox key that the examples are sent with; null where no key is needed.</summary>
    public string? Key { get; init; } = Sandbox.SandboxSeed.BankKey;

    /// <summary>What stands for each <c>{name}</c> of the path in the example, with a slash between two.</summary>
    public string? PathExample { get; init; }

    public IReadOnlyList<ApiParameter> Query { get; init; } = [];

    /// <summary>Takes (or, outside the sandbox, requires) an Idempotency-Key.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>The schema of the body; null where there is none.</summary>
    public string? Body { get; init; }

    /// <summary>An example of the body that works in a fresh sandbox.</summary>
    public string? BodyExample { get; init; }

    /// <summary>Whether its example names an object that a fresh sandbox does not have yet.</summary>
    public bool NeedsObject { get; init; }

    /// <summary>An example for a second content type of the body.</summary>
    public string? NdJsonExample { get; init; }

    public int Status { get; init; } = 200;

    /// <summary>The schema of the answer; null where it is not JSON.</summary>
    public string? Answer { get; init; }

    public string AnswerType { get; init; } = "application/json";

    /// <summary>Errors of its own, beside those of its body, key and role.</summary>
    public IReadOnlyList<ProblemCode> Errors { get; init; } = [];

    /// <summary>Every error that the operation may answer.</summary>
    public IEnumerable<ProblemCode> AllErrors()
    {
        var errors = new List<ProblemCode>(Errors);
        if (Key is not null)
            errors.AddRange([ProblemCode.Unauthenticated, ProblemCode.RoleNotAllowed, ProblemCode.InvalidFields, ProblemCode.LedgerUnavailable]);
        if (Body is not null)
            errors.AddRange([ProblemCode.MalformedJson, ProblemCode.BodyTooLarge, ProblemCode.ContentTypeNotSupported]);
        if (IsIdempotent)
            errors.AddRange([ProblemCode.IdempotencyKeyMissing, ProblemCode.IdempotencyKeyInvalid, ProblemCode.IdempotencyKeyInUse, ProblemCode.IdempotencyKeyReused,
                ProblemCode.NotRecorded, ProblemCode.Overloaded, ProblemCode.ShuttingDown, ProblemCode.ShardUnavailable, ProblemCode.AccountMoved, ProblemCode.OutcomeUnknown]);
        if (PathExample is not null)
            errors.Add(ProblemCode.NotFound);
        errors.Add(ProblemCode.InternalError);
        return errors.Distinct().OrderBy(static code => code.Status).ThenBy(static code => code.Code, StringComparer.Ordinal);
    }
}
