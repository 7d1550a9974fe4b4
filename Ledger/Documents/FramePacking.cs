using ZstdSharp;

namespace Ledger.Documents;

/// <summary>
/// Zstandard (RFC 8878) against <see cref="FrameDictionary"/>. A thread keeps what packs and unpacks for it: to set them up takes longer
/// than a frame does.
/// </summary>
internal static class FramePacking
{
    /// <summary>The quickest that still finds the dictionary's long texts: twice the time of it saves another sixth.</summary>
    private const int Level = -3;

    /// <summary>More than any entry records; what says more is damaged.</summary>
    private const ulong MaxLength = 256 * 1024 * 1024;

    [ThreadStatic]
    private static Compressor? compressor;

    [ThreadStatic]
    private static Decompressor? decompressor;

    /// <summary>The most bytes that so many become.</summary>
    public static int MaxPacked(int length) => Compressor.GetCompressBound(length);

    /// <returns>How many bytes of the target were written.</returns>
    public static int Pack(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        if (compressor is null)
        {
            compressor = new Compressor(Level);
            compressor.LoadDictionary(FrameDictionary.Text);
        }

        return compressor.Wrap(bytes, target);
    }

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        if (decompressor is null)
        {
            decompressor = new Decompressor();
            decompressor.LoadDictionary(FrameDictionary.Text);
        }

        try
        {
            var length = Decompressor.GetDecompressedSize(packed);
            if (length > MaxLength)
                throw new InvalidDataException($"A frame of documents says that it has {length} bytes.");
            var bytes = new byte[length];
            return decompressor.Unwrap(packed, bytes) == bytes.Length ? bytes : throw new InvalidDataException("A frame of documents is cut short.");
        }
        catch (ZstdException damage)
        {
            throw new InvalidDataException("A frame of documents is damaged.", damage);
        }
    }
}
