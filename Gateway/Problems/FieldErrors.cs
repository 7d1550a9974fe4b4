namespace Gateway.Problems;

/// <summary>One refused field: <c>location.latitude</c>, <c>metadata.key</c>, in a batch <c>[3].amount</c>.</summary>
public readonly record struct FieldError(string Path, string Message, ProblemCode Code);

/// <summary>Collects every refused field of one request. Costs nothing while there is none.</summary>
public sealed class FieldErrors
{
    /// <summary>Beyond it, further errors are not listed: the answer stays bounded whatever the body says.</summary>
    private const int Limit = 100;

    /// <summary>A field's name comes from the caller; this much of it is repeated.</summary>
    private const int MaxNameLength = 64;

    private List<FieldError>? list;

    public bool Any => list is not null;

    public IReadOnlyList<FieldError> List => list ?? [];

    public void Add(string path, string message, ProblemCode? code = null)
    {
        list ??= [];
        if (list.Count < Limit)
            list.Add(new FieldError(path.Length <= MaxNameLength ? path : path[..MaxNameLength] + "…", message, code ?? ProblemCode.InvalidFields));
    }

    /// <summary>The problem of these errors: the specific code where all share one.</summary>
    public Problem ToProblem()
    {
        var first = List[0];
        var code = List.All(error => error.Code == first.Code) ? first.Code : ProblemCode.InvalidFields;
        var detail = List.Count == 1 ? $"{first.Path}: {first.Message}" : $"{List.Count} fields are refused; the first: {first.Path}: {first.Message}";
        return new Problem(code, detail) { Errors = List };
    }
}
