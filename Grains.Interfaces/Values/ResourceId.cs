namespace Grains.Interfaces.Values;

/// <summary>
/// The opaque text of a numbered resource: a prefix, <c>_</c> and 26 characters of base 32 (<c>0–9 a–z</c> without i, l, o, u).
/// They carry 130 bits: region (8), bucket (12), number (63) and 47 bits of check, so that a read finds its shard by itself
/// and a mistyped id is told from an unknown one without a look-up.
/// </summary>
public static class ResourceId
{
    public const int DigitCount = 26;
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int CheckBits = 47;

    /// <summary>This region's code in the ids that it makes.</summary>
    private const byte Region = 0;

    private static readonly sbyte[] DigitByCharacter = MakeDigits();

    /// <summary>Writes the 26 digits of <paramref name="number"/> in <paramref name="bucket"/>.</summary>
    public static string Format(string prefix, int bucket, long number) =>
        string.Create(prefix.Length + 1 + DigitCount, (prefix, bucket, number), static (text, state) =>
        {
            state.prefix.CopyTo(text);
            text[state.prefix.Length] = '_';
            var rest = text[(state.prefix.Length + 1)..];
            var packed = Pack(state.bucket, state.number);
            var (high, low) = ((ulong)(packed >> 65), packed & ((UInt128.One << 65) - 1));
            for (var i = 12; i >= 0; i--, high >>= 5)
                rest[i] = Alphabet[(int)(high & 31)];
            for (var i = 25; i >= 13; i--, low >>= 5)
                rest[i] = Alphabet[(int)(low & 31)];
        });

    /// <summary>Reads an id made by <see cref="Format"/>; false where the prefix, a character or the check is off.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, string prefix, out int bucket, out long number)
    {
        (bucket, number) = (0, 0);
        if (text.Length != prefix.Length + 1 + DigitCount || !text.StartsWith(prefix) || text[prefix.Length] != '_')
            return false;
        var digits = text[(prefix.Length + 1)..];
        // 26 digits are 130 bits; the top 83 - 65 = 18 bits of the payload and the check share the 128 that are used.
        var packed = UInt128.Zero;
        for (var i = 0; i < DigitCount; i++)
        {
            if (digits[i] >= 128 || DigitByCharacter[digits[i]] < 0)
                return false;
            if (i == 0 && DigitByCharacter[digits[i]] > 7)
                return false;
            packed = (packed << 5) | (byte)DigitByCharacter[digits[i]];
        }

        var payload = packed >> CheckBits;
        number = (long)(ulong)(payload & long.MaxValue);
        bucket = (int)(uint)((payload >> 63) & (Bucket.Count - 1));
        return Pack(bucket, number) == packed;
    }

    private static UInt128 Pack(int bucket, long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)bucket, (uint)Bucket.Count);
        // 6 bits of region stay free above: 128 = 6 + 12 + 63 + 47.
        return ((((UInt128)Region << 12) | (uint)bucket) << (63 + CheckBits)) | ((UInt128)(ulong)number << CheckBits) | Check(bucket, number);
    }

    // SplitMix64's finalizer: spreads every bit of the number, so that neighbours look unrelated.
    private static ulong Check(int bucket, long number)
    {
        unchecked
        {
            var mixed = (ulong)number + ((ulong)bucket * 0x9E3779B97F4A7C15UL) + 0x9E3779B97F4A7C15UL;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
            return (mixed ^ (mixed >> 31)) >> (64 - CheckBits);
        }
    }

    private static sbyte[] MakeDigits()
    {
        var digits = new sbyte[128];
        Array.Fill(digits, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++)
            digits[Alphabet[i]] = (sbyte)i;
        return digits;
    }
}
