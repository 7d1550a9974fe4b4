using System.Buffers.Binary;

namespace Ledger.Documents;

/// <summary>One state of a document: what callers may see, and what only its grain needs.</summary>
/// <param name="Version">Of the document, from 1 without gaps.</param>
/// <param name="Private">Empty where it has none.</param>
public sealed record DocumentState(byte Kind, long Number, int Version, ReadOnlyMemory<byte> Public, ReadOnlyMemory<byte> Private);

/// <summary>
/// The document states that one journal entry made, as bytes, before they are sealed: a document may stand there several times,
/// where an event shows a state on the way; its last one is its state after the entry. A frame is its format and, packed, the
/// contents of all states, a head each of kind, number, version and the lengths of both contents (integers of variable length: seven bits
/// a byte, low ones first), and in its last four bytes the length of all heads, big-endian.
/// </summary>
public static class DocumentFrame
{
    internal const byte Packed = 2;

    /// <summary>Before frames were packed: heads of fixed size, each before its content.</summary>
    private const byte Plain = 1;

    private const int PlainHeadSize = 1 + 8 + 4 + 4 + 4;

    /// <exception cref="InvalidDataException">No frame, a damaged one, or one of a newer release.</exception>
    public static IReadOnlyList<DocumentState> Decode(ReadOnlyMemory<byte> bytes) => (bytes.IsEmpty ? 0 : bytes.Span[0]) switch
    {
        Plain => DecodePlain(bytes[1..]),
        Packed => DecodePacked(bytes.Span[1..]),
        _ => throw new InvalidDataException("Not a frame of documents, or of a newer release."),
    };

    private static List<DocumentState> DecodePacked(ReadOnlySpan<byte> bytes)
    {
        var frame = FramePacking.Unpack(bytes);
        if (frame.Length < sizeof(int))
            throw Damaged();
        var headsEnd = frame.Length - sizeof(int);
        var headsLength = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(headsEnd));
        if (headsLength > headsEnd)
            throw Damaged();
        var contents = frame.AsMemory(0, headsEnd - (int)headsLength);
        ReadOnlySpan<byte> heads = frame.AsSpan(contents.Length, (int)headsLength);
        var states = new List<DocumentState>();
        while (!heads.IsEmpty)
        {
            var kind = heads[0];
            heads = heads[1..];
            var (number, version) = ((long)Number(ref heads), Number(ref heads));
            var (publicLength, privateLength) = (Number(ref heads), Number(ref heads));
            if (version > int.MaxValue || publicLength > (ulong)contents.Length || privateLength > (ulong)contents.Length - publicLength)
                throw Damaged();
            states.Add(new DocumentState(kind, number, (int)version, contents[..(int)publicLength], contents.Slice((int)publicLength, (int)privateLength)));
            contents = contents[(int)(publicLength + privateLength)..];
        }

        return states;
    }

    private static List<DocumentState> DecodePlain(ReadOnlyMemory<byte> bytes)
    {
        var states = new List<DocumentState>();
        while (!bytes.IsEmpty)
        {
            var head = bytes.Span;
            var (publicLength, privateLength) = (BinaryPrimitives.ReadInt32BigEndian(head[13..]), BinaryPrimitives.ReadInt32BigEndian(head[17..]));
            var content = bytes[PlainHeadSize..];
            states.Add(new DocumentState(head[0], BinaryPrimitives.ReadInt64BigEndian(head[1..]), BinaryPrimitives.ReadInt32BigEndian(head[9..]), content[..publicLength], content.Slice(publicLength, privateLength)));
            bytes = content[(publicLength + privateLength)..];
        }

        return states;
    }

    private static ulong Number(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            if (bytes.IsEmpty)
                throw Damaged();
            var part = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Damaged();
    }

    private static InvalidDataException Damaged() => new("A frame of documents is damaged.");
}
