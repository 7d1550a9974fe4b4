using Ledger.EventLog;

namespace Ledger.Archive;

/// <summary>
/// Reads segments in order, from the first event on: each file against its hash, each commit against the chain, and every row handed
/// on for its account's chain and balances.
/// </summary>
internal sealed class ArchiveReplay(string directory, AuditFindings findings, Action<LogRow> row)
{
    private readonly HashChain chain = new(new byte[LeafHash.Size]);

    public long Position { get; private set; }

    public long Batches { get; private set; }

    /// <summary>The highest id of a row so far.</summary>
    public long LastId { get; private set; }

    public byte[] LastHash => chain.Hash;

    /// <summary>Whether a segment could not be read to its end: what follows from it is not known then.</summary>
    public bool IsBroken { get; private set; }

    public void Read(ArchiveSegment segment, Action<long>? progress, CancellationToken cancellation)
    {
        var path = Path.Combine(directory, segment.File);
        if (!File.Exists(path))
        {
            Break(segment, "file", $"The archive lacks '{segment.File}'.");
            return;
        }

        if (SegmentFile.Hash(path) != segment.Sha256)
            Found(segment, segment.FirstPosition, "sha256", $"'{segment.File}' is not the file that was archived: its SHA-256 is another one.");
        if (IsBroken)
            return;
        try
        {
            ReadBatches(path, segment, progress, cancellation);
        }
        catch (InvalidDataException exception)
        {
            Break(segment, "file", $"'{segment.File}' cannot be read beyond position {Position}: {exception.Message}");
        }
    }

    private void ReadBatches(string path, ArchiveSegment segment, Action<long>? progress, CancellationToken cancellation)
    {
        var (newest, batches) = (long.MinValue, 0L);
        foreach (var batch in SegmentFile.Read(path, segment.FirstPosition))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!chain.Next(batch))
                Found(segment, batch.FirstPosition, "hash", $"The hash of positions {batch.FirstPosition} to {batch.LastPosition} is not that of the events there and of the commit before.");
            foreach (var archived in batch.Rows)
            {
                (LastId, newest) = (Math.Max(LastId, archived.Id), Math.Max(newest, archived.TimeMs));
                row(archived);
            }

            (Position, batches) = (batch.LastPosition, batches + 1);
            progress?.Invoke(Position);
        }

        Batches += batches;
        if (Position != segment.LastPosition)
            Break(segment, "lastPosition", $"'{segment.File}' ends at position {Position}, but {segment.LastPosition} stands in the manifest.");
        if (Convert.ToHexStringLower(LastHash) != segment.LastHash)
            Found(segment, Position, "lastHash", $"The hash at position {Position} is not the one in the manifest.");
        if (newest != segment.NewestTime.ToUnixTimeMilliseconds() || batches != segment.Batches)
            Found(segment, Position, "newestTime", $"'{segment.File}' has another count of commits, or another latest time, than the manifest says.");
    }

    private void Break(ArchiveSegment segment, string field, string detail)
    {
        IsBroken = true;
        Found(segment, segment.FirstPosition, field, detail);
    }

    private void Found(ArchiveSegment segment, long position, string field, string detail) => findings.Add(segment.File, 0, position, field, detail);
}
