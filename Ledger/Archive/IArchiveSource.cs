namespace Ledger.Archive;

/// <summary>A ledger's log as an archive takes it: whole commits, in order, each page read at one moment.</summary>
internal interface IArchiveSource : IDisposable
{
    /// <summary>The position of the newest committed row.</summary>
    long LastPosition { get; }

    /// <summary>What the ledger has let go of already.</summary>
    PrunedLog Pruned { get; }

    /// <summary>Commits after the one that ends at a position, some thousand rows of them; none where the log ends.</summary>
    IReadOnlyList<LogBatch> After(long position);
}

/// <summary>One commit: its rows in order of position, and its hash as stored.</summary>
internal sealed record LogBatch(long FirstPosition, long LastPosition, byte[] Hash, IReadOnlyList<LogRow> Rows);
