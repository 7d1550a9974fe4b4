using System.Buffers.Binary;
using System.Text;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Shards;

namespace Ledger.Documents;

/// <summary>Fraud alerts as documents of <see cref="IFraudAlertsGrain.Key"/>: what they are called, and how they are found.</summary>
public static class AlertList
{
    /// <summary>Their kind in the index. Stored: never change it.</summary>
    public const byte Kind = 24;

    private const string Prefix = "alert";

    /// <summary>Numbers of alerts stand above all that a shard ever leases: they are made, not leased.</summary>
    private const long Made = 1L << 55;

    private static readonly AccountId OwnerId = AccountId.Parse(IFraudAlertsGrain.Key);

    /// <summary>
    /// The number of a pattern's alert: 55 bits of SHA-256. It is the same whoever finds the pattern, by whichever of its events, and
    /// whether or not somebody ended before it was raised.
    /// </summary>
    /// <param name="about">What it is about.</param>
    /// <param name="before">The number of the pattern's alert before it; 0 for its first.</param>
    public static long NumberOf(string detector, string about, long before, int shard)
    {
        Span<byte> digest = stackalloc byte[32];
        Sha256.Hash(Encoding.UTF8.GetBytes($"{detector}\n{about}\n{before}"), digest);
        return ShardNumbers.Base(shard) + Made + (long)(BinaryPrimitives.ReadUInt64BigEndian(digest) >> 9);
    }

    /// <summary>The list of a pattern's alerts. Links stand in clear: it says what the same has, and not what that is.</summary>
    public static string PatternLink(string detector, string about)
    {
        Span<byte> digest = stackalloc byte[32];
        Sha256.Hash(Encoding.UTF8.GetBytes($"pattern\n{detector}\n{about}"), digest);
        return "pattern:" + Convert.ToHexStringLower(digest[..16]);
    }

    public static string IdOf(long number) => ResourceId.Format(Prefix, Bucket.Of(OwnerId), number);

    public static bool TryParseId(string? text, out long number)
    {
        number = 0;
        return text is not null && ResourceId.TryParse(text, Prefix, out _, out number);
    }

    /// <summary>The narrowest list that has them all; null for all alerts.</summary>
    public static string? Link(string? detector, AlertState? state) => (detector, state) switch
    {
        (null, null) => null,
        (null, { } only) => only.Word(),
        ({ } name, null) => $"detector:{name}",
        ({ } name, { } only) => $"detector:{name}:{only.Word()}",
    };

    /// <summary>The lists that an alert is in.</summary>
    public static IReadOnlyList<string> Links(FraudAlert alert) =>
        [Link(null, alert.State)!, Link(alert.Detector, null)!, Link(alert.Detector, alert.State)!, PatternLink(alert.Detector, alert.About)];
}
