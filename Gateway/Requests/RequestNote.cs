using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Gateway.Keys;
using Gateway.Payments;
using Grains.Interfaces.Checkout;
using Ledger;
using Microsoft.AspNetCore.Http;

namespace Gateway.Requests;

/// <summary>Gathers what the log keeps of one request while it is read and answered; what must not be kept never gets into it.</summary>
internal sealed class RequestNote(HttpContext context, long timeMs)
{
    private const string Redacted = "[redacted]";
    private const int MaxText = 200;

    /// <summary>As long as the longest value that any parameter takes.</summary>
    private const int MaxValue = 20_000;

    private const int MaxPath = 2_000;

    /// <summary>Parameters whose values are ids of objects that the request is about.</summary>
    private static readonly string[] References = ["payment_intent", "charge", "customer", "payment_method"];

    private readonly long started = Stopwatch.GetTimestamp();

    public Caller? Caller { get; set; }

    public RequestFacts? Facts { get; set; }

    public IReadOnlyList<KeyValuePair<string, string>> Pairs { get; set; } = [];

    /// <summary>What is kept, and the answer's body beside it.</summary>
    public (RequestRecord Record, byte[] Answer) ToRecord(WireAnswer answer)
    {
        var path = Text(context.Request.Path.Value ?? "", MaxPath);
        var objects = new List<string>();
        if (context.Request.RouteValues["id"] is string id)
            objects.Add(Text(id, MaxText));
        string? code = null;
        if (answer.Status == 200)
            Add(objects, AnsweredId(answer.Body));
        else
            code = Error(answer.Body, objects);
        // Who has no key of ours says what is kept only by asking: nothing of what it sent is.
        IReadOnlyList<KeyValuePair<string, string>> pairs = Caller is null ? [] : Pairs;
        foreach (var (name, value) in pairs)
            if (References.Contains(name))
                Add(objects, Text(value, MaxText));
        var record = new RequestRecord
        {
            Id = context.TraceIdentifier,
            TimeMs = timeMs,
            Tenant = Caller?.Tenant ?? 0,
            Method = Text(context.Request.Method, MaxText),
            Path = path,
            Parameters = [.. pairs.Select(static pair => new[] { Text(pair.Key, MaxText), IsCardField(pair.Key) ? Redacted : Text(pair.Value, MaxValue) })],
            IsCut = path.Length == MaxPath || pairs.Any(static pair => pair.Key.Length > MaxText || pair.Value.Length > MaxValue),
            IsPublishable = Caller?.Role == ApiKeyRole.MerchantPublishable,
            IdempotencyKey = Facts?.IdempotencyKey,
            ApiVersion = Facts is null ? null : Text(Facts.ApiVersion, MaxText),
            UserAgent = Header("User-Agent"),
            Address = context.Connection.RemoteIpAddress?.ToString(),
            Status = answer.Status,
            TookMicroseconds = (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds,
            Replayed = answer.Replayed,
            ErrorCode = code,
            Objects = objects,
        };
        return (record, IsOfEndpoint(answer.Body) ? WithoutSecret(answer.Body) : answer.Body);
    }

    private static bool IsCardField(string name) => name is "card[number]" or "card[cvc]" || name.EndsWith("[number]", StringComparison.Ordinal) || name.EndsWith("[cvc]", StringComparison.Ordinal);

    private string? Header(string name) => context.Request.Headers[name].ToString() is { Length: > 0 } value ? Text(value, MaxText) : null;

    private static string Text(string value, int maxLength) => CardNumber.IsIn(value) ? Redacted : value.Length > maxLength ? value[..maxLength] : value;

    private static void Add(List<string> objects, string? id)
    {
        if (id is not null && !objects.Contains(id))
            objects.Add(id);
    }

    // An object's id is the first that is written of it.
    private static string? AnsweredId(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith("{\"id\":\""u8))
            return null;
        var id = body[7..];
        var end = id.IndexOf((byte)'"');
        return end is > 0 and <= MaxText ? Encoding.UTF8.GetString(id[..end]) : null;
    }

    private static string? Error(byte[] body, List<string> objects)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (!json.RootElement.TryGetProperty("error"u8, out var error))
                return null;
            foreach (var name in (string[])["payment_intent", "setup_intent", "payment_method"])
                if (error.TryGetProperty(name, out var subject) && subject.ValueKind == JsonValueKind.Object)
                    Add(objects, subject.GetProperty("id"u8).GetString());
            return error.TryGetProperty("code"u8, out var code) && code.GetString() is { } text ? text : error.GetProperty("type"u8).GetString();
        }
        catch (JsonException)
        {
            // An answer that is no error object has no code of one.
            return null;
        }
    }

    // By the answer, not by the path: paths are compared in any case, and with more slashes than one.
    private static bool IsOfEndpoint(ReadOnlySpan<byte> body) => body.IndexOf("\"object\":\"webhook_endpoint\""u8) >= 0;

    private static byte[] WithoutSecret(byte[] body)
    {
        var name = "\"secret\":\""u8;
        var at = body.AsSpan().IndexOf(name);
        if (at < 0)
            return body;
        var start = at + name.Length;
        var end = start + body.AsSpan(start).IndexOf((byte)'"');
        var kept = new ArrayBufferWriter<byte>(body.Length);
        kept.Write(body.AsSpan(0, start));
        kept.Write(Encoding.UTF8.GetBytes(Redacted));
        kept.Write(body.AsSpan(end));
        return kept.WrittenSpan.ToArray();
    }
}
