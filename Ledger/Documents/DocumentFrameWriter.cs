using System.Buffers;
using System.Buffers.Binary;

namespace Ledger.Documents;

/// <summary>
/// Makes frames of documents, one after the other, in buffers that it keeps: a state's public content is written, then its private
/// one, and <see cref="Add"/> says what they were. Not for two threads at once.
/// </summary>
public sealed class DocumentFrameWriter : IBufferWriter<byte>
{
    private const int FirstRoom = 8 * 1024;

    /// <summary>Kind, and four numbers of nine bytes at most.</summary>
    private const int MaxHead = 1 + (4 * 9);

    private byte[] contents = new byte[FirstRoom];
    private byte[] heads = new byte[1024];
    private byte[] packed = [];
    private int headsEnd;

    /// <summary>How many states the frame has.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of content so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that it holds on to.</summary>
    public int Capacity => contents.Length + packed.Length;

    public void Advance(int count) => Length = checked(Length + count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(Math.Max(sizeHint, 256));
        return contents.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Ends a state, whose contents were the last bytes written.</summary>
    /// <param name="number">Not negative.</param>
    /// <returns>Its place among the frame's states.</returns>
    public int Add(byte kind, long number, int version, int publicLength, int privateLength)
    {
        if (heads.Length - headsEnd < MaxHead)
            Array.Resize(ref heads, 2 * heads.Length);
        heads[headsEnd++] = kind;
        headsEnd += Write(heads.AsSpan(headsEnd), checked((ulong)number));
        headsEnd += Write(heads.AsSpan(headsEnd), checked((ulong)version));
        headsEnd += Write(heads.AsSpan(headsEnd), checked((ulong)publicLength));
        headsEnd += Write(heads.AsSpan(headsEnd), checked((ulong)privateLength));
        return Count++;
    }

    /// <summary>The frame's bytes, valid until the next call; the writer begins a new one.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        var ending = GetSpan(headsEnd + sizeof(int));
        heads.AsSpan(0, headsEnd).CopyTo(ending);
        BinaryPrimitives.WriteInt32BigEndian(ending[headsEnd..], headsEnd);
        Advance(headsEnd + sizeof(int));
        var most = 1 + FramePacking.MaxPacked(Length);
        if (packed.Length < most)
            packed = new byte[most];
        packed[0] = DocumentFrame.Packed;
        var written = 1 + FramePacking.Pack(contents.AsSpan(0, Length), packed.AsSpan(1));
        Clear();
        return packed.AsSpan(0, written);
    }

    /// <summary>Begins a new frame.</summary>
    public void Clear() => (Length, headsEnd, Count) = (0, 0, 0);

    private static int Write(Span<byte> target, ulong value)
    {
        var written = 0;
        for (; value >= 0x80; value >>= 7)
            target[written++] = (byte)((value & 0x7F) | 0x80);
        target[written++] = (byte)value;
        return written;
    }

    private void Ensure(int room)
    {
        if (contents.Length - Length < room)
            Array.Resize(ref contents, Math.Max(checked(Length + room), 2 * contents.Length));
    }
}
