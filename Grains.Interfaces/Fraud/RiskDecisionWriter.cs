using System.Text;

namespace Grains.Interfaces.Fraud;

/// <summary>Writes what <see cref="RiskDecisionCodec"/> says into room that grows where it must.</summary>
internal ref struct RiskDecisionWriter(Span<byte> room)
{
    /// <summary>Stands for values that are not known; a number says how many more of them follow.</summary>
    public const byte MissingRun = 0;

    /// <summary>Stands for zeros.</summary>
    public const byte ZeroRun = 1;

    private const int LongestNumber = 10;

    private Span<byte> room = room;
    private int length;

    public void Byte(byte value)
    {
        Ensure(1);
        room[length++] = value;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(long value) => Write(checked((ulong)value));

    public void Signed(long value) => Write(Folded(value));

    // Most are not known or 0, and stand side by side: a token, and how many more. Any other stands one above itself, which is 2 or more.
    public void Values(ReadOnlySpan<long> values)
    {
        Number(values.Length);
        for (var i = 0; i < values.Length;)
        {
            var value = values[i];
            if (value is not (0 or long.MinValue))
            {
                Write(Folded(value) + 1);
                i++;
                continue;
            }

            var end = i + 1;
            while (end < values.Length && values[end] == value)
                end++;
            Byte(value == 0 ? ZeroRun : MissingRun);
            Number(end - i - 1);
            i = end;
        }
    }

    public void Text(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        Number(size);
        Ensure(size);
        length += Encoding.UTF8.GetBytes(text, room[length..]);
    }

    public readonly ReadOnlySpan<byte> End() => room[..length];

    private static ulong Folded(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    private void Write(ulong value)
    {
        Ensure(LongestNumber);
        for (; value >= 0x80; value >>= 7)
            room[length++] = (byte)((value & 0x7F) | 0x80);
        room[length++] = (byte)value;
    }

    private void Ensure(int size)
    {
        if (room.Length - length >= size)
            return;
        Span<byte> larger = new byte[Math.Max(2 * room.Length, length + size)];
        room[..length].CopyTo(larger);
        room = larger;
    }
}
