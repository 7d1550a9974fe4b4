using System.Buffers;
using System.IO.Pipelines;
using System.Text.Unicode;
using Gateway.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gateway.Wire;

/// <summary>A request's body, read whole into a pooled array: UTF-8, of a known content type, and no larger than its limit.</summary>
internal struct RequestBody : IDisposable
{
    private byte[]? array;
    private int length;

    /// <summary>Why the body is refused; the bytes are then empty.</summary>
    public Problem? Problem { get; private init; }

    public readonly ReadOnlySpan<byte> Bytes => array.AsSpan(0, length);

    public static ValueTask<RequestBody> ReadJson(HttpContext context, int limit) =>
        IsJson(context.Request.ContentType) ? Read(context, limit) : Refused(ProblemCode.ContentTypeNotSupported);

    public static async ValueTask<RequestBody> Read(HttpContext context, int limit)
    {
        if (context.Request.ContentLength > limit)
            return await TooLarge(context, limit);
        if (await ReadWhole(context, limit) is not { } whole)
            return await TooLarge(context, limit);
        var body = new RequestBody { length = (int)whole.Length };
        body.array = ArrayPool<byte>.Shared.Rent(body.length);
        whole.CopyTo(body.array);
        context.Request.BodyReader.AdvanceTo(whole.End);
        if (Utf8.IsValid(body.Bytes))
            return body;
        body.Dispose();
        return new RequestBody { Problem = new Problem(ProblemCode.MalformedJson, "The body is not UTF-8.") };
    }

    /// <summary>The body where it is whole, for the caller to copy and to advance over; null where it is larger than the limit.</summary>
    public static async ValueTask<ReadOnlySequence<byte>?> ReadWhole(HttpContext context, int limit)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            if (result.Buffer.Length > limit)
            {
                reader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.IsCompleted)
                return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public static bool IsJson(string? contentType) => IsMediaType(contentType, JsonReply.ContentType);

    public static bool IsMediaType(string? contentType, string mediaType)
    {
        if (contentType is null)
            return false;
        if (contentType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
            return true;
        return MediaTypeHeaderValue.TryParse(contentType, out var header)
            && header.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
            && (!header.Charset.HasValue || header.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || header.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }

    public static ValueTask<RequestBody> Refused(ProblemCode code, string? detail = null) =>
        new(new RequestBody { Problem = new Problem(code, detail) });

    public void Dispose()
    {
        if (array is not null)
            ArrayPool<byte>.Shared.Return(array);
        (array, length) = (null, 0);
    }

    // A client that is still sending reads no answer, and one whose connection closes under it gets a reset instead of the 413.
    private static async ValueTask<RequestBody> TooLarge(HttpContext context, int limit)
    {
        var refused = new RequestBody { Problem = new Problem(ProblemCode.BodyTooLarge, $"The body is larger than {limit} bytes.") };
        var waits = context.Request.Headers.Expect.Count > 0;
        if (waits || context.Request.ContentLength > MaxDrainBytes)
        {
            context.Response.Headers.Connection = "close";
            return refused;
        }

        long drained = 0;
        ReadResult result;
        do
        {
            result = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            drained += result.Buffer.Length;
            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted && drained <= MaxDrainBytes);
        if (!result.IsCompleted)
            context.Response.Headers.Connection = "close";
        return refused;
    }

    /// <summary>How much of a refused body is read and thrown away.</summary>
    public const long MaxDrainBytes = 64L * 1024 * 1024;
}
