using System.Buffers.Binary;

namespace Ledger.Documents;

/// <summary>One state of a document: what callers may see, and what only its grain needs.</summary>
/// <param name="Version">Of the document, from 1 without gaps.</param>
/// <param name="Private">Empty where it has none.</param>
public sealed record DocumentState(byte Kind, long Number, int Version, ReadOnlyMemory<byte> Public, ReadOnlyMemory<byte> Private);

/// <summary>
/// The document states that one journal entry made, as bytes, before they are sealed: a document may stand there several times,
/// where an event shows a state on the way; its last one is its state after the entry.
/// </summary>
public static class DocumentFrame
{
    private const byte Format = 1;
    private const int HeadSize = 1 + 8 + 4 + 4 + 4;

    public static byte[] Encode(IReadOnlyList<DocumentState> states)
    {
        var size = 1;
        foreach (var state in states)
            size += HeadSize + state.Public.Length + state.Private.Length;
        var bytes = new byte[size];
        bytes[0] = Format;
        var rest = bytes.AsSpan(1);
        foreach (var state in states)
        {
            rest[0] = state.Kind;
            BinaryPrimitives.WriteInt64BigEndian(rest[1..], state.Number);
            BinaryPrimitives.WriteInt32BigEndian(rest[9..], state.Version);
            BinaryPrimitives.WriteInt32BigEndian(rest[13..], state.Public.Length);
            BinaryPrimitives.WriteInt32BigEndian(rest[17..], state.Private.Length);
            rest = rest[HeadSize..];
            state.Public.Span.CopyTo(rest);
            state.Private.Span.CopyTo(rest[state.Public.Length..]);
            rest = rest[(state.Public.Length + state.Private.Length)..];
        }

        return bytes;
    }

    public static IReadOnlyList<DocumentState> Decode(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Span[0] != Format)
            throw new InvalidDataException("Not a frame of documents, or of a newer release.");
        var states = new List<DocumentState>();
        for (bytes = bytes[1..]; !bytes.IsEmpty;)
        {
            var head = bytes.Span;
            var (publicLength, privateLength) = (BinaryPrimitives.ReadInt32BigEndian(head[13..]), BinaryPrimitives.ReadInt32BigEndian(head[17..]));
            var content = bytes[HeadSize..];
            states.Add(new DocumentState(head[0], BinaryPrimitives.ReadInt64BigEndian(head[1..]), BinaryPrimitives.ReadInt32BigEndian(head[9..]), content[..publicLength], content.Slice(publicLength, privateLength)));
            bytes = content[(publicLength + privateLength)..];
        }

        return states;
    }
}
