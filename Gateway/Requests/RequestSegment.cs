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
    private const int NonceSize = RequestSealer.NonceSize;
    private const int TagSize = RequestSealer.TagSize;
    private const int HeadSize = RequestSealer.HeadSize;

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
    public IReadOnlyList<RequestEntry> Write(IReadOnlyList<(RequestRecord Facts, byte[] Answer)> requests, RequestSealer sealer)
    {
        var entries = new List<RequestEntry>(requests.Count);
        var end = Length;
        sealer.Clear();
        foreach (var (facts, answer) in requests)
        {
            var length = sealer.Add(facts, answer);
            entries.Add(new RequestEntry(Listed(facts), this, end, length));
            end += length;
        }

        RandomAccess.Write(file, sealer.Sealed, Length);
        Length = end;
        return entries;
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
