using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gateway.Idempotency;

/// <summary>
/// A hash of what a request asks for, so that another body under the same key is told apart, and white space or the order of
/// fields is not: 16 bytes of a keyed hash over the fields, each a tag and its value behind its length.
/// </summary>
internal ref struct CanonicalHash
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? kept;

    private readonly ArrayBufferWriter<byte> buffer;

    private CanonicalHash(ArrayBufferWriter<byte> buffer) => this.buffer = buffer;

    /// <param name="kind">The operation, so that two operations never share a hash.</param>
    public static CanonicalHash Start(byte kind)
    {
        kept ??= new ArrayBufferWriter<byte>(1024);
        kept.ResetWrittenCount();
        var hash = new CanonicalHash(kept);
        hash.Add(0, kind);
        return hash;
    }

    public readonly void Add(byte tag, long value)
    {
        var span = buffer.GetSpan(13);
        span[0] = tag;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], 8);
        BinaryPrimitives.WriteInt64BigEndian(span[5..], value);
        buffer.Advance(13);
    }

    public readonly void Add(byte tag, string? text)
    {
        if (text is null)
            return;
        var span = buffer.GetSpan(5 + Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, span[5..]);
        span[0] = tag;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], length);
        buffer.Advance(5 + length);
    }

    public readonly UInt128 End(RequestHashKey key) => key.Of(buffer.WrittenSpan);
}
