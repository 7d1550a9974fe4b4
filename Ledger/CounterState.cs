using System.Diagnostics.CodeAnalysis;

namespace Ledger;

/// <summary>What a payment changes of an account, as one row of <c>counters</c> (and on SQLite one item of <c>counters_tail</c>) has it.</summary>
internal struct CounterState
{
    /// <summary>The longest encoding of one number and the eight fields.</summary>
    public const int MaxEncodedLength = 9 * 10;

    public long DebitsPosted;
    public long CreditsPosted;
    public long DebitsPending;
    public long CreditsPending;
    public long Version;
    public int EventVersion;
    public long LastRow;
    public long Activity;

    public readonly long Posted => CreditsPosted - DebitsPosted;

    /// <summary>Whether it came later than another state of the same account.</summary>
    public readonly bool IsAfter(in CounterState other) => (Activity, Version).CompareTo((other.Activity, other.Version)) > 0;

    public static CounterState Of(AccountRecord account) => new()
    {
        DebitsPosted = account.Counters.DebitsPosted,
        CreditsPosted = account.Counters.CreditsPosted,
        DebitsPending = account.Counters.DebitsPending,
        CreditsPending = account.Counters.CreditsPending,
        Version = account.Version,
        EventVersion = account.EventVersion,
        LastRow = account.LastRow,
        Activity = account.Activity,
    };

    /// <param name="numbers">Eight, in the order of the columns on PostgreSQL.</param>
    public static CounterState Of(ReadOnlySpan<long> numbers) => new()
    {
        DebitsPosted = numbers[0],
        CreditsPosted = numbers[1],
        DebitsPending = numbers[2],
        CreditsPending = numbers[3],
        Version = numbers[4],
        EventVersion = (int)numbers[5],
        LastRow = numbers[6],
        Activity = numbers[7],
    };

    /// <summary>The account with these counters instead of its own.</summary>
    public readonly AccountRecord On(AccountRecord account) => account with
    {
        Counters = new Counters(DebitsPosted, CreditsPosted, DebitsPending, CreditsPending),
        Version = Version,
        EventVersion = EventVersion,
        LastRow = LastRow,
        Activity = Activity,
    };

    /// <summary>Appends the account's number and the fields, seven bits a byte, lowest first; returns how many bytes.</summary>
    public readonly int Encode(long account, Span<byte> to)
    {
        var length = Encode(account, to, 0);
        length = Encode(DebitsPosted, to, length);
        length = Encode(CreditsPosted, to, length);
        length = Encode(DebitsPending, to, length);
        length = Encode(CreditsPending, to, length);
        length = Encode(Version, to, length);
        length = Encode(EventVersion, to, length);
        length = Encode(LastRow, to, length);
        return Encode(Activity, to, length);
    }

    /// <summary>Reads the next account, and moves past it.</summary>
    /// <exception cref="LedgerDamagedException">It is cut short, or holds what was never written.</exception>
    public static CounterState Decode(ref ReadOnlySpan<byte> from, out long account)
    {
        account = Next(ref from);
        return new CounterState
        {
            DebitsPosted = Next(ref from),
            CreditsPosted = Next(ref from),
            DebitsPending = Next(ref from),
            CreditsPending = Next(ref from),
            Version = Next(ref from),
            EventVersion = Next(ref from) is var version and >= 0 and <= int.MaxValue ? (int)version : Damaged<int>(),
            LastRow = Next(ref from),
            Activity = Next(ref from),
        };
    }

    private static int Encode(long value, Span<byte> to, int at)
    {
        var rest = unchecked((ulong)value);
        for (; rest >= 0x80; rest >>= 7)
            to[at++] = unchecked((byte)(rest | 0x80));
        to[at++] = (byte)rest;
        return at;
    }

    private static long Next(ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (var (i, shift) = (0, 0); i < from.Length && shift < 64; i++, shift += 7)
        {
            value |= (from[i] & 0x7FUL) << shift;
            if (from[i] >= 0x80)
                continue;
            from = from[(i + 1)..];
            return unchecked((long)value);
        }

        return Damaged<long>();
    }

    [DoesNotReturn]
    private static T Damaged<T>() =>
        throw new LedgerDamagedException("A row of counters_tail holds what was never written there.") { Field = "changes" };
}
