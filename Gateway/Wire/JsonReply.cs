using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Gateway.Wire;

/// <summary>
/// Writes a JSON answer: into a buffer that the thread keeps, then with its length to the connection. Nothing awaits between
/// the two, so that the buffer belongs to one answer at a time.
/// </summary>
internal static class JsonReply
{
    public const string ContentType = "application/json";

    /// <summary>A thread does not keep a buffer that one huge answer blew up.</summary>
    private const int MaxKeptBuffer = 256 * 1024;

    private static readonly JsonWriterOptions Options = new()
    {
        // Answers are served as JSON with nosniff, never inside HTML: readable text instead of \u escapes.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
#if !DEBUG
        SkipValidation = true,
#endif
    };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    /// <summary>A writer onto any buffer, for answers that are written in pieces.</summary>
    public static Utf8JsonWriter On(IBufferWriter<byte> output) => new(output, Options);

    public static Task Send<TState>(HttpContext context, int status, string contentType, TState state, Action<Utf8JsonWriter, TState> write)
    {
        var bytes = Render(state, write);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        response.BodyWriter.Write(bytes);
        return response.BodyWriter.FlushAsync().AsTask();
    }

    /// <summary>The bytes of one JSON value; valid until this thread renders the next.</summary>
    public static ReadOnlySpan<byte> Render<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        if (buffer is null || buffer.Capacity > MaxKeptBuffer)
            buffer = new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        writer ??= new Utf8JsonWriter(buffer, Options);
        writer.Reset(buffer);
        write(writer, state);
        writer.Flush();
        return buffer.WrittenSpan;
    }
}

/// <summary>A JSON answer with a state and a static writer of it.</summary>
internal sealed class JsonResult<TState>(int status, TState state, Action<Utf8JsonWriter, TState> write) : IResult
{
    public string? Location { get; init; }

    public bool Replayed { get; init; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (Location is not null)
            headers.Location = Location;
        if (Replayed)
            headers[Idempotency.IdempotencyHeader.ReplayedName] = "true";
        return JsonReply.Send(httpContext, status, JsonReply.ContentType, state, write);
    }
}
