using System.Security.Cryptography;
using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>
/// Reads the log from its start in position order, page by page, each page a few whole batches: checks every row, the chain of
/// batch hashes and that positions are dense, and hands the rows to the replay.
/// </summary>
internal sealed class LogAudit(SqliteDatabase database, AccountReplay accounts, HoldReplay holds, KeyAudit keys, TallyAudit tally, AuditFindings findings)
{
    /// <summary>Rows of a page, unless its only batch has more.</summary>
    private const long PageRows = 8_192;

    /// <summary>No batch is longer: what says so is damaged.</summary>
    private const long LongestBatch = 1_000_000;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<Batch> page = [];
    private LogRow?[] rows = [];
    private byte[] leaves = [];

    /// <summary>The position up to which all was read.</summary>
    public long Position { get; private set; }

    public byte[] LastHash { get; private set; } = new byte[LeafHash.Size];

    public long Rows { get; private set; }

    public long Batches { get; private set; }

    /// <summary>Reads one page; false where the log ends.</summary>
    public bool ReadPage()
    {
        if (!ReadBatches())
            return false;
        ReadRows();
        foreach (var batch in page)
            Check(batch);
        return true;
    }

    // A batch that cannot be one ends the page before it, and is passed over once it is the first.
    private bool ReadBatches()
    {
        page.Clear();
        var select = database.Statement("SELECT first_position, last_position, first_id, last_id, hash FROM batch WHERE first_position > ? ORDER BY first_position LIMIT ?").Bind(1, Position).Bind(2, PageRows);
        long length = 0;
        var any = false;
        try
        {
            while (length < PageRows && select.Step())
            {
                any = true;
                var batch = new Batch(select.Int64(0), select.Int64(1), select.Int64(2), select.Int64(3), select.Blob(4) ?? []);
                var expected = (page.Count == 0 ? Position : page[^1].LastPosition) + 1;
                if (page.Count > 0 && (batch.FirstPosition != expected || !IsPossible(batch)))
                    break;
                if (batch.FirstPosition != expected)
                    findings.Add("batch", 0, expected, "first_position", $"Positions {expected} to {batch.FirstPosition - 1} are in no batch.");
                if (!IsPossible(batch))
                {
                    findings.Add("batch", 0, batch.FirstPosition, "last_position", $"No batch goes from position {batch.FirstPosition} to {batch.LastPosition}.");
                    Position = batch.FirstPosition;
                    break;
                }

                page.Add(batch);
                length += batch.Length;
            }
        }
        finally
        {
            select.Reset();
        }

        return any;
    }

    private static bool IsPossible(in Batch batch) =>
        batch.LastPosition >= batch.FirstPosition && batch.LastPosition - batch.FirstPosition < LongestBatch;

    private void ReadRows()
    {
        if (page.Count == 0)
            return;
        var (first, last) = (page[0].FirstPosition, page[^1].LastPosition);
        var length = (int)(last - first + 1);
        if (rows.Length < length)
            (rows, leaves) = (new LogRow?[length], new byte[length * LeafHash.Size]);
        Array.Clear(rows);
        Span<byte> leaf = stackalloc byte[LeafHash.Size];
        var select = database.Statement($"SELECT {LogTable.Columns} FROM log WHERE id BETWEEN ? AND ? AND position BETWEEN ? AND ?")
            .Bind(1, page.Min(static batch => batch.FirstId)).Bind(2, page.Max(static batch => batch.LastId)).Bind(3, first).Bind(4, last);
        try
        {
            while (select.Step())
            {
                Rows++;
                // A position that is no number was found by its order among numbers, and belongs nowhere.
                var slot = select.Int64(1) - first;
                var row = RowAudit.Read(select, leaf, findings);
                if (slot < 0 || slot >= length || row is null)
                    continue;
                if (rows[slot] is { } other)
                {
                    findings.OfRow(row.Id, row.Position, "position", $"Row {other.Id} has the same position.");
                    continue;
                }

                rows[slot] = row;
                leaf.CopyTo(leaves.AsSpan((int)slot * LeafHash.Size));
            }
        }
        finally
        {
            select.Reset();
        }
    }

    private void Check(in Batch batch)
    {
        var offset = (int)(batch.FirstPosition - page[0].FirstPosition);
        var length = (int)batch.Length;
        var (firstId, lastId, missing) = (long.MaxValue, long.MinValue, 0);
        for (var i = 0; i < length; i++)
        {
            if (rows[offset + i] is not { } row)
            {
                missing++;
                findings.Add("log", 0, batch.FirstPosition + i, "position", "No readable row of the batch has this position.");
                continue;
            }

            (firstId, lastId) = (Math.Min(firstId, row.Id), Math.Max(lastId, row.Id));
            accounts.Apply(row);
            holds.Note(row);
            tally.Note(row);
            if (!row.Key.IsNone)
                keys.Note(row);
        }

        if (missing == 0)
            CheckHead(batch, firstId, lastId, leaves.AsSpan(offset * LeafHash.Size, length * LeafHash.Size));
        Batches++;
        Position = batch.LastPosition;
        LastHash = batch.Hash;
    }

    private void CheckHead(in Batch batch, long firstId, long lastId, ReadOnlySpan<byte> batchLeaves)
    {
        if (batch.FirstId != firstId)
            findings.Add("batch", 0, batch.FirstPosition, "first_id", $"The lowest id of its rows is {firstId}, but {batch.FirstId} stands there.");
        if (batch.LastId != lastId)
            findings.Add("batch", 0, batch.FirstPosition, "last_id", $"The highest id of its rows is {lastId}, but {batch.LastId} stands there.");
        Span<byte> computed = stackalloc byte[LeafHash.Size];
        hash.AppendData(LastHash);
        hash.AppendData(batchLeaves);
        hash.GetHashAndReset(computed);
        if (!computed.SequenceEqual(batch.Hash))
            findings.Add("batch", 0, batch.FirstPosition, "hash", $"The hash of positions {batch.FirstPosition} to {batch.LastPosition} is not that of the rows there and of the batch before.");
    }

    private readonly record struct Batch(long FirstPosition, long LastPosition, long FirstId, long LastId, byte[] Hash)
    {
        public long Length => LastPosition - FirstPosition + 1;
    }
}
