using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Requests;

/// <summary>Where one request stands in a segment, and what lists look at.</summary>
internal sealed record RequestEntry(RequestRecord Facts, RequestSegment Segment, long Offset, int Length)
{
    /// <summary>Ascending in the order of arrival.</summary>
    public long Number { get; set; }
}

/// <summary>
/// A file of requests, each sealed by itself with AES-256-GCM: length, nonce, tag, sealed bytes. A last one that was cut short is
/// dropped when the file is opened.
/// </summary>
internal sealed class RequestSegment : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = 4 + NonceSize + TagSize;

    private readonly SafeFileHandle file;
    private readonly AesGcm cipher;

    public RequestSegment(string path, AesGcm cipher)
    {
        (Path, this.cipher) = (path, cipher);
        file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    }

    public string Path { get; }

    public long Length { get; private set; }

    /// <summary>All that is in it. Called once, before anything is written.</summary>
    public IReadOnlyList<RequestEntry> Load()
    {
        var entries = new List<RequestEntry>();
        var size = RandomAccess.GetLength(file);
        Span<byte> head = stackalloc byte[4];
        while (Length + HeadSize <= size && RandomAccess.Read(file, head, Length) == 4)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(head);
            if (length < HeadSize || Length + length > size || Open(Length, length) is not { } opened)
                break;
            entries.Add(new RequestEntry(Listed(opened.Facts), this, Length, length));
            Length += length;
        }

        return entries;
    }

    /// <summary>Writes requests that came together in one go.</summary>
    public IReadOnlyList<RequestEntry> Write(IReadOnlyList<(RequestRecord Facts, byte[] Answer)> requests)
    {
        var entries = new List<RequestEntry>(requests.Count);
        var all = new List<ReadOnlyMemory<byte>>(requests.Count);
        var end = Length;
        foreach (var (facts, answer) in requests)
        {
            var bytes = Seal(facts, answer);
            all.Add(bytes);
            entries.Add(new RequestEntry(Listed(facts), this, end, bytes.Length));
            end += bytes.Length;
        }

        RandomAccess.Write(file, all, Length);
        Length = end;
        return entries;
    }

    private byte[] Seal(RequestRecord facts, byte[] answer)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(facts, RequestJson.Default.RequestRecord);
        var bytes = new byte[HeadSize + 4 + json.Length + answer.Length];
        var plain = new byte[4 + json.Length + answer.Length];
        BinaryPrimitives.WriteInt32BigEndian(plain, json.Length);
        json.CopyTo(plain, 4);
        answer.CopyTo(plain, 4 + json.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        RandomNumberGenerator.Fill(bytes.AsSpan(4, NonceSize));
        cipher.Encrypt(bytes.AsSpan(4, NonceSize), plain, bytes.AsSpan(HeadSize), bytes.AsSpan(4 + NonceSize, TagSize));
        return bytes;
    }

    /// <summary>The request with its answer; null where it does not open.</summary>
    public (RequestRecord Facts, byte[] Answer)? Open(long offset, int length)
    {
        var bytes = new byte[length];
        if (RandomAccess.Read(file, bytes, offset) < length)
            return null;
        var plain = new byte[length - HeadSize];
        try
        {
            cipher.Decrypt(bytes.AsSpan(4, NonceSize), bytes.AsSpan(HeadSize), bytes.AsSpan(4 + NonceSize, TagSize), plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            // Cut short, or written under another key: it is nobody's any more.
            return null;
        }

        var jsonLength = BinaryPrimitives.ReadInt32BigEndian(plain);
        return (JsonSerializer.Deserialize(plain.AsSpan(4, jsonLength), RequestJson.Default.RequestRecord)!, plain[(4 + jsonLength)..]);
    }

    public void Dispose() => file.Dispose();

    // What no list shows or looks at is not kept in memory.
    private static RequestRecord Listed(RequestRecord facts) => facts with { Parameters = [], ApiVersion = null, UserAgent = null, Address = null };
}
