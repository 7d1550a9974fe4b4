using System.Globalization;
using Grains.Interfaces.Values;

namespace Grains.Transfers;

/// <summary>
/// The keys by which each step of a transfer happens once, whoever drives it: unique in the ledger like a caller's own, of a tenant
/// that no caller is. Stored: never change them.
/// </summary>
internal static class TransferKeys
{
    private const long Product = 0;
    private const string Decided = "transfer decided";
    private const string Step = "payment step";

    /// <summary>On the second shard: credited or refused, once.</summary>
    public static IdempotencyKey OfDecision(long payment) => IdempotencyKey.Of(Product, $"{Decided} {Text(payment)}", Decided);

    /// <summary>On the payment's shard: the event that gives it this version. Of two who write the next one, the later one reads first what the other wrote.</summary>
    public static IdempotencyKey OfVersion(long payment, int version) => IdempotencyKey.Of(Product, $"{Step} {Text(payment)} {Text(version)}", Step);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
