using System.Buffers.Text;

namespace Bench.Http;

/// <summary>A whole HTTP/1.1 answer: its status and where its body is. Just what Kestrel sends is understood, no more.</summary>
internal readonly ref struct Answer
{
    private Answer(int status, ReadOnlySpan<byte> body)
    {
        Status = status;
        Body = body;
    }

    public int Status { get; }

    /// <summary>With the marks between chunks, where it came in chunks.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>False while a part of it is missing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Answer answer)
    {
        answer = default;
        var headEnd = bytes.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return false;
        var head = bytes[..(headEnd + 2)];
        var body = bytes[(headEnd + 4)..];
        var length = head.IndexOf("\r\nContent-Length: "u8);
        if (length >= 0)
        {
            if (!Utf8Parser.TryParse(head[(length + 18)..], out int expected, out _) || body.Length < expected)
                return false;
        }
        else if (!body.EndsWith("\r\n0\r\n\r\n"u8))
        {
            // No length: it comes in chunks, and the last one is empty. Nothing follows it, since requests are not pipelined.
            return false;
        }

        if (!Utf8Parser.TryParse(head["HTTP/1.1 ".Length..], out int status, out _))
            throw new InvalidOperationException("That is no HTTP answer.");
        answer = new Answer(status, body);
        return true;
    }
}
