namespace Bench.Peers;

/// <summary>An account's counters, and their shortest form: seven bits a byte.</summary>
internal struct RawCounters
{
    public const int MaxEncodedLength = 9 * 10;

    public long DebitsPosted;
    public long CreditsPosted;
    public long Version;
    public long LastRow;
    public long Activity;

    public readonly long Posted => CreditsPosted - DebitsPosted;

    public readonly int Encode(long account, Span<byte> to)
    {
        var length = 0;
        foreach (var value in (ReadOnlySpan<long>)[account, DebitsPosted, CreditsPosted, 0, 0, Version, 2, LastRow, Activity])
        {
            var rest = (ulong)value;
            for (; rest >= 0x80; rest >>= 7)
                to[length++] = unchecked((byte)(rest | 0x80));
            to[length++] = (byte)rest;
        }

        return length;
    }
}
