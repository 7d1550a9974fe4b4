using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Gateway.Requests;

/// <summary>
/// Seals requests that come together one behind the other, in buffers that it keeps: length, nonce, tag, sealed bytes of each, as
/// <see cref="RequestSegment"/> holds them. Not for two threads at once.
/// </summary>
internal sealed class RequestSealer(AesGcm cipher) : IDisposable
{
    public const int NonceSize = 12;
    public const int TagSize = 16;
    public const int HeadSize = sizeof(int) + NonceSize + TagSize;

    /// <summary>Room that one very large answer has asked for is not kept.</summary>
    private const int MostKept = 4 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> facts = new(4 * 1024);
    private readonly Utf8JsonWriter json = new(Stream.Null);
    private byte[] room = new byte[256 * 1024];
    private int end;

    /// <summary>What was sealed since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Sealed => room.AsSpan(0, end);

    /// <returns>How many bytes it takes.</returns>
    public int Add(RequestRecord request, ReadOnlySpan<byte> answer)
    {
        facts.ResetWrittenCount();
        json.Reset(facts);
        JsonSerializer.Serialize(json, request, RequestJson.Default.RequestRecord);
        json.Flush();
        var length = checked(HeadSize + sizeof(int) + facts.WrittenCount + answer.Length);
        if (room.Length - end < length)
            Array.Resize(ref room, Math.Max(checked(end + length), 2 * room.Length));
        var target = room.AsSpan(end, length);
        var clear = target[HeadSize..];
        BinaryPrimitives.WriteInt32BigEndian(clear, facts.WrittenCount);
        facts.WrittenSpan.CopyTo(clear[sizeof(int)..]);
        answer.CopyTo(clear[(sizeof(int) + facts.WrittenCount)..]);
        BinaryPrimitives.WriteInt32BigEndian(target, length);
        var nonce = target.Slice(sizeof(int), NonceSize);
        RandomNumberGenerator.Fill(nonce);
        cipher.Encrypt(nonce, clear, clear, target.Slice(sizeof(int) + NonceSize, TagSize));
        end += length;
        return length;
    }

    public void Clear()
    {
        end = 0;
        if (room.Length > MostKept)
            room = new byte[256 * 1024];
    }

    public void Dispose() => json.Dispose();
}
