using System.Text.Json;
using Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace Gateway.Problems;

/// <summary>An error answer, RFC 9457: <c>application/problem+json</c>.</summary>
public sealed class Problem(ProblemCode code, string? detail = null) : IResult
{
    private const string ContentType = "application/problem+json";

    public ProblemCode Code => code;

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Further members of the object, for programs: what the detail says in words.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Members { get; init; } = [];

    /// <summary>A problem of one field or query parameter.</summary>
    public static Problem OfField(string path, string message, ProblemCode? code = null)
    {
        var errors = new FieldErrors();
        errors.Add(path, message, code);
        return errors.ToProblem();
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (code.Status == StatusCodes.Status401Unauthorized)
            headers.WWWAuthenticate = "Bearer";
        if (code.Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            headers.RetryAfter = "1";
        return JsonReply.Send(httpContext, code.Status, ContentType, (Problem: this, TraceId: httpContext.TraceIdentifier), static (json, state) => state.Problem.Write(json, state.TraceId));
    }

    public void Write(Utf8JsonWriter json, string traceId)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, code.Type);
        json.WriteString("title"u8, code.Title);
        json.WriteNumber("status"u8, code.Status);
        json.WriteString("detail"u8, detail ?? code.Cause);
        json.WriteString("code"u8, code.Code);
        WriteErrors(json);
        foreach (var (name, value) in Members)
            json.WriteString(name, value);
        json.WriteString("traceId"u8, traceId);
        json.WriteEndObject();
    }

    private void WriteErrors(Utf8JsonWriter json)
    {
        if (Errors.Count == 0)
            return;
        json.WriteStartObject("errors"u8);
        foreach (var field in Errors.GroupBy(static error => error.Path, StringComparer.Ordinal))
        {
            json.WriteStartArray(field.Key);
            foreach (var error in field)
                json.WriteStringValue(error.Message);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
