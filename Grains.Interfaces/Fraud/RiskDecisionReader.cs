using System.Text;

namespace Grains.Interfaces.Fraud;

/// <summary>Reads what <see cref="RiskDecisionWriter"/> wrote; whatever the bytes are, it ends in a value or in <see cref="InvalidDataException"/>.</summary>
internal ref struct RiskDecisionReader(ReadOnlySpan<byte> bytes)
{
    private const int LastShift = 63;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> bytes = bytes;

    public static InvalidDataException Damaged(Exception? inner = null) => new("A fraud decision is damaged.", inner);

    public byte Byte()
    {
        if (bytes.IsEmpty)
            throw Damaged();
        var value = bytes[0];
        bytes = bytes[1..];
        return value;
    }

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw Damaged(),
    };

    public long Number() => Read() is var value && value <= long.MaxValue ? (long)value : throw Damaged();

    public int Int32() => Number() is var value && value <= int.MaxValue ? (int)value : throw Damaged();

    public long Signed() => Unfold(Read());

    public int SignedInt32() => Signed() is var value && value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Damaged();

    // More items than bytes are left is damage, not a reason to take memory for them.
    public int Count()
    {
        var count = Read();
        return count <= (ulong)bytes.Length ? (int)count : throw Damaged();
    }

    /// <param name="most">More than so many are a newer release's.</param>
    public long[] Values(int most, bool inRuns)
    {
        var count = Read();
        if (count > (ulong)most)
            throw Damaged();
        var values = new long[(int)count];
        for (var i = 0; i < values.Length; i++)
        {
            var token = Read();
            if (token > RiskDecisionWriter.ZeroRun)
            {
                values[i] = Unfold(token - 1);
                continue;
            }

            var more = inRuns ? Number() : 0;
            if (more > values.Length - i - 1)
                throw Damaged();
            values.AsSpan(i, (int)more + 1).Fill(token == RiskDecisionWriter.ZeroRun ? 0 : long.MinValue);
            i += (int)more;
        }

        return values;
    }

    public string Text()
    {
        var size = Count();
        try
        {
            var text = Strict.GetString(bytes[..size]);
            bytes = bytes[size..];
            return text;
        }
        catch (DecoderFallbackException exception)
        {
            throw Damaged(exception);
        }
    }

    /// <summary>Nothing follows.</summary>
    public readonly void End()
    {
        if (!bytes.IsEmpty)
            throw Damaged();
    }

    private static long Unfold(ulong value) => unchecked((long)(value >> 1) ^ -(long)(value & 1));

    private ulong Read()
    {
        ulong value = 0;
        for (var shift = 0; shift <= LastShift; shift += 7)
        {
            var part = Byte();
            if (shift == LastShift && part > 1)
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Damaged();
    }
}
