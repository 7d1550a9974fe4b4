using System.Net;

namespace Grains.Fraud.Features;

/// <summary>An entry of a list, as an analyst wrote it.</summary>
/// <param name="Value">Compared as it is; an address by its bits, so that it may be written in any way.</param>
/// <param name="ExpiresAtMs">In force before this instant of product time, no more from it on; null for ever.</param>
public sealed record ListEntry(ListKind List, ListSubject Subject, string Value, long? ExpiresAtMs = null)
{
    public const int MaxValueLength = 200;

    public bool IsInForce(long nowMs) => ExpiresAtMs is not { } expires || nowMs < expires;

    /// <summary>Whether a value can stand in an entry: 1 to 200 characters; of <see cref="ListSubject.Ip"/> an address or a CIDR range, whose bits past the prefix say nothing.</summary>
    public static bool IsReadable(ListSubject subject, string value) =>
        value.Length is > 0 and <= MaxValueLength && (subject != ListSubject.Ip || IPAddress.TryParse(value, out _) || IPNetwork.TryParse(value, out _));
}
