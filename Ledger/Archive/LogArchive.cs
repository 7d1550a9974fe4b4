using System.Security.Cryptography;
using Ledger.EventLog;
using Ledger.Postgres;

namespace Ledger.Archive;

/// <summary>
/// Writes closed ranges of the event log to a directory, each once, as a compressed file with its hash. Nothing that does not
/// follow from the hash chain is archived: every row is hashed again before it goes in. It may run beside the servers, and when it
/// is run again it goes on where it ended.
/// </summary>
public static class LogArchive
{
    /// <summary>Rows of a segment, unless another number is given: some 20 MB compressed.</summary>
    public const int DefaultSegmentRows = 250_000;

    /// <summary>Archives a ledger in a data directory.</summary>
    /// <inheritdoc cref="Extend(IArchiveSource, string, int, bool, IProgress{AuditProgress}?, CancellationToken)"/>
    public static ArchiveManifest OfFile(string ledgerPath, string directory, int segmentRows, bool all, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        using var source = new Sqlite.SqliteArchiveSource(ledgerPath);
        return Extend(source, directory, segmentRows, all, progress, cancellation);
    }

    /// <summary>Archives a ledger in PostgreSQL.</summary>
    /// <inheritdoc cref="Extend(IArchiveSource, string, int, bool, IProgress{AuditProgress}?, CancellationToken)"/>
    public static ArchiveManifest OfDatabase(PostgresSettings settings, string directory, int segmentRows, bool all, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            using var source = new PostgresArchiveSource(settings);
            return Extend(source, directory, segmentRows, all, progress, cancellation);
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }

    /// <param name="source">The log.</param>
    /// <param name="directory">The archive; made where it is missing.</param>
    /// <param name="segmentRows">A range is closed by the commit that makes it so long.</param>
    /// <param name="all">Also closes the last range, however short it is.</param>
    /// <param name="progress">Is told the rows archived, and all rows.</param>
    /// <param name="cancellation">Ends it; what is finished by then stays.</param>
    /// <exception cref="InvalidDataException">The directory is no archive, or that of another ledger.</exception>
    /// <exception cref="LedgerDamagedException">The log is not as its hashes say; nothing of that range was archived.</exception>
    private static ArchiveManifest Extend(IArchiveSource source, string directory, int segmentRows, bool all, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var manifest = ArchiveManifest.ReadOrEmpty(directory);
        Directory.CreateDirectory(directory);
        var end = source.LastPosition;
        if (source.Pruned.Position > manifest.LastPosition)
            throw new InvalidDataException($"The ledger let go of its first {source.Pruned.Position} events, and '{directory}' has only {manifest.LastPosition} of them: it is not the archive that was made of them.");
        if (manifest.LastPosition > end)
            throw new InvalidDataException($"'{directory}' has {manifest.LastPosition} events, and the ledger only {end}: it is another ledger's archive.");
        while (all ? manifest.LastPosition < end : end - manifest.LastPosition >= segmentRows)
        {
            var segment = WriteSegment(source, directory, manifest, segmentRows, end, progress, cancellation);
            manifest = manifest.With(segment);
            manifest.Write(directory);
        }

        return manifest;
    }

    private static ArchiveSegment WriteSegment(IArchiveSource source, string directory, ArchiveManifest before, int segmentRows, long end, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var (first, position, batches, newest) = (before.LastPosition + 1, before.LastPosition, 0L, long.MinValue);
        var previous = Convert.FromHexString(before.LastHash);
        var chain = new HashChain(previous);
        // Its name is known once it is closed.
        var unnamed = Path.Combine(directory, "segment");
        using (var writer = new SegmentFile.Writer(unnamed, first, previous))
        {
            for (var closed = false; !closed && position < end;)
            {
                foreach (var batch in source.After(position))
                {
                    cancellation.ThrowIfCancellationRequested();
                    Check(batch, position, chain, before);
                    writer.Add(batch);
                    (position, batches, newest) = (batch.LastPosition, batches + 1, Math.Max(newest, batch.Rows.Max(static row => row.TimeMs)));
                    closed = position - first + 1 >= segmentRows;
                    if (closed)
                        break;
                }

                progress?.Report(new AuditProgress(position, Math.Max(position, end)));
            }

            writer.End(position);
        }

        var path = Path.Combine(directory, SegmentFile.Name(first, position));
        File.Move(unnamed + DurableFile.Unfinished, path + DurableFile.Unfinished, overwrite: true);
        DurableFile.Finish(path);
        return new ArchiveSegment(
            Path.GetFileName(path), first, position, batches, new FileInfo(path).Length, SegmentFile.Hash(path),
            before.LastHash, Convert.ToHexStringLower(chain.Hash), DateTimeOffset.FromUnixTimeMilliseconds(newest));
    }

    private static void Check(LogBatch batch, long position, HashChain chain, ArchiveManifest before)
    {
        if (batch.FirstPosition != position + 1 || batch.Rows.Count != batch.LastPosition - position)
            throw new LedgerDamagedException($"The log has no whole commit from position {position + 1} on: run audit verify. Nothing of this range was archived.");
        Span<byte> leaf = stackalloc byte[LeafHash.Size];
        Span<byte> checks = stackalloc byte[RowFields.Count];
        foreach (var row in batch.Rows)
        {
            LeafHash.Compute(row, leaf, checks);
            if (!leaf.SequenceEqual(row.Leaf))
                throw new LedgerDamagedException($"The event at position {row.Position} is not what was sealed: run audit verify. Nothing of this range was archived.") { Field = "leaf" };
        }

        if (chain.Next(batch))
            return;
        throw before.LastPosition == position && position > 0
            ? new InvalidDataException($"The commit at position {batch.FirstPosition} does not follow from the archive's last one: it is another ledger's archive, or one of both is damaged. Run audit verify on each.")
            : new LedgerDamagedException($"The hash of the commit at position {batch.FirstPosition} is not that of its events and of the commit before: run audit verify. Nothing of this range was archived.") { Field = "hash" };
    }
}

/// <summary>The chain of commit hashes: SHA-256 over the hash before and the leaves of the commit.</summary>
internal sealed class HashChain(byte[] start)
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public byte[] Hash { get; private set; } = start;

    /// <summary>Goes on to a commit's stored hash; false where that does not follow.</summary>
    public bool Next(LogBatch batch)
    {
        hash.AppendData(Hash);
        foreach (var row in batch.Rows)
            hash.AppendData(row.Leaf);
        var follows = hash.GetHashAndReset().AsSpan().SequenceEqual(batch.Hash);
        Hash = batch.Hash;
        return follows;
    }
}
