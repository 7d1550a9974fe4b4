using System.Globalization;
using Gateway.Keys;
using Gateway.Wire;

namespace Gateway.Requests;

/// <summary>What a list of requests is narrowed to.</summary>
internal sealed record RequestFilter(Caller Caller, string? Method, string? Path, string? Status, string? Object, string? IdempotencyKey, string? ErrorCode)
{
    public static readonly string[] Names = ["method", "path", "status", "object", "idempotencyKey", "errorCode"];

    public static RequestFilter Read(QueryParameters query, Caller caller)
    {
        var status = query.Text("status");
        if (status is not null && !(status.Length == 3 && status[0] is >= '1' and <= '5' && (status[1..] == "xx" || int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out _))))
            query.Errors.Add("status", "must be a status such as 402, or a class such as 4xx.");
        return new RequestFilter(caller, query.Text("method"), query.Text("path"), status, query.Text("object"), query.Text("idempotencyKey"), query.Text("errorCode"));
    }

    public bool Takes(RequestRecord request) =>
        Caller.Sees(request.Tenant)
        && (Method is null || string.Equals(Method, request.Method, StringComparison.OrdinalIgnoreCase))
        && (Path is null || request.Path.Contains(Path, StringComparison.Ordinal))
        && (Status is null || (Status.EndsWith("xx", StringComparison.Ordinal) ? request.Status / 100 == Status[0] - '0' : request.Status.ToString(CultureInfo.InvariantCulture) == Status))
        && (Object is null || request.Objects.Contains(Object))
        && (IdempotencyKey is null || request.IdempotencyKey == IdempotencyKey)
        && (ErrorCode is null || request.ErrorCode == ErrorCode);
}
