using System.Globalization;
using Ledger.EventLog;

namespace Ledger.Archive;

/// <summary>Up to where a ledger let go of its log: what an archive has of it, and the anchor that the archive must end in.</summary>
/// <param name="Position">The last position that is let go of; 0 for none. A few rows up to there stay, because something needs them.</param>
/// <param name="LastId">No row up to there has a higher id.</param>
/// <param name="Hash">The hash of the commit that ends there, in hexadecimal digits.</param>
internal sealed record PrunedLog(long Position, long LastId, string Hash)
{
    /// <summary>The setting that tells of it.</summary>
    public const string Setting = "log pruned";

    public static PrunedLog None { get; } = new(0, 0, new string('0', 2 * LeafHash.Size));

    public static PrunedLog Parse(string text) => text.Split(' ') is [var position, var lastId, var hash]
        && long.TryParse(position, CultureInfo.InvariantCulture, out var at) && long.TryParse(lastId, CultureInfo.InvariantCulture, out var id)
            ? new PrunedLog(at, id, hash)
            : throw new LedgerDamagedException($"The setting '{Setting}' is damaged.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position} {LastId} {Hash}");
}
