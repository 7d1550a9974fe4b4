using System.Security.Cryptography;
using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>
/// Compares the index of idempotency keys with the rows of the log. Looking each key up would cost more than all else: keys
/// that must be in the index are compared as sums (the same pairs in any order make the same sum), newer ones one by one.
/// Only where the sums differ are the culprits looked for.
/// </summary>
internal sealed class KeyAudit
{
    private const long PageKeys = 50_000;

    private readonly SqliteDatabase database;
    private readonly AuditFindings findings;
    private readonly ulong seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly long foldedTo;
    private readonly long prunedTo;
    private readonly Dictionary<UInt128, long> tail = [];
    private (long Count, ulong Sum) expected;
    private (long Count, ulong Sum) found;
    private (long Epoch, UInt128 Key, bool Any) last = (long.MinValue, 0, false);

    public KeyAudit(SqliteDatabase database, AuditFindings findings)
    {
        this.database = database;
        this.findings = findings;
        var select = database.Statement("SELECT value FROM setting WHERE name = 'keys folded'");
        if (select.Step() && !long.TryParse(select.Text(0), out foldedTo))
            findings.Of("setting", "value", "The position up to which keys are in the index is no number.");
        select.Reset();
        prunedTo = ReadPrunedTo();
    }

    public void Note(LogRow row)
    {
        if (row.Id <= prunedTo)
            return;
        if (row.Position <= foldedTo)
            Add(ref expected, row.Key.Value, row.Id);
        else if (!tail.TryAdd(row.Key.Value, row.Id))
            findings.OfRow(row.Id, row.Position, "key", $"Row {tail[row.Key.Value]} has the same key.");
    }

    /// <summary>Reads a page of the index, in a transaction in which the log was read to its end; false where it ends.</summary>
    public bool ReadPage()
    {
        var select = database.Statement("SELECT key, row, epoch FROM key WHERE (epoch, key) > (?, ?) ORDER BY epoch, key LIMIT ?")
            .Bind(1, last.Epoch).Bind(2, Bytes(last.Key)).Bind(3, PageKeys);
        var count = 0;
        try
        {
            for (; select.Step(); count++)
            {
                if (select.Bytes(0).Length != 16)
                {
                    findings.Add("key", select.Int64(1), 0, "key", "It is not a key of 16 bytes.");
                    continue;
                }

                var (key, row, epoch) = (select.Hash(0), select.Int64(1), select.Int64(2));
                if (last.Any && (epoch < last.Epoch || (epoch == last.Epoch && key <= last.Key)))
                    findings.Add("key", row, 0, "key", "The index is not in its order.");
                if (epoch != row >> KeyIndex.EpochBits)
                    findings.Add("key", row, 0, "epoch", $"Row {row} is not of epoch {epoch}.");
                last = (epoch, key, true);
                if (row <= prunedTo)
                    CheckOutdated(key, row);
                else if (!tail.TryGetValue(key, out var newer))
                    Add(ref found, key, row);
                else if (newer != row)
                    findings.Add("key", row, 0, "row", $"The index says row {row}, but row {newer} of the log has this key.");
            }
        }
        finally
        {
            select.Reset();
        }

        return count == PageKeys;
    }

    public bool Differs => expected != found;

    /// <summary>Whether keys left the index since this audit began, so that sums of then and now say nothing.</summary>
    public bool WasPruned => ReadPrunedTo() != prunedTo;

    /// <summary>Names the rows of one page of ids whose keys the index has not, or has for another row; returns the last id, 0 at the end.</summary>
    public long NameMissing(long afterId)
    {
        var select = database.Statement(
            "SELECT l.id, l.position, k.row, l.key IS NULL OR l.position > ?3 OR l.id <= ?4 OR k.row IS l.id FROM (SELECT id, position, key FROM log WHERE id > ?1 ORDER BY id LIMIT ?2) l LEFT JOIN key k ON k.epoch = l.id >> 18 AND k.key = l.key")
            .Bind(1, afterId).Bind(2, PageKeys).Bind(3, foldedTo).Bind(4, ReadPrunedTo());
        return EachOf(select, () =>
        {
            if (select.Int64(3) == 0)
                findings.OfRow(select.Int64(0), select.Int64(1), "key", select.IsNull(2) ? "The index of keys has not this row's key." : $"The index of keys has this row's key for row {select.Int64(2)}.");
        });
    }

    /// <summary>Names the entries of one page of the index that no row of the log has; returns false at the end.</summary>
    public bool NameStray(ref (long Epoch, byte[] Key) after)
    {
        var select = database.Statement("SELECT k.row, k.key, l.key IS k.key, k.epoch FROM (SELECT epoch, key, row FROM key WHERE (epoch, key) > (?1, ?2) ORDER BY epoch, key LIMIT ?3) k LEFT JOIN log l ON l.id = k.row")
            .Bind(1, after.Epoch).Bind(2, after.Key).Bind(3, PageKeys);
        var end = after;
        var any = EachOf(select, () =>
        {
            end = (select.Int64(3), select.Blob(1) ?? []);
            if (select.Int64(2) == 0)
                findings.Add("key", select.Int64(0), 0, "key", $"The index has a key for row {select.Int64(0)} that the row has not.");
        });
        after = end;
        return any != 0;
    }

    private long ReadPrunedTo()
    {
        long to = 0;
        var select = database.Statement("SELECT value FROM setting WHERE name = 'keys pruned'");
        if (select.Step() && !long.TryParse(select.Text(0), out to))
            findings.Of("setting", "value", "The row up to which keys were let go is no number.");
        select.Reset();
        return to;
    }

    // Few: rows that committed long after their neighbours, and steps of transfers.
    private void CheckOutdated(UInt128 key, long row)
    {
        var select = database.Statement("SELECT 1 FROM log WHERE id = ? AND key = ?").Bind(1, row).Bind(2, key);
        if (!select.Step())
            findings.Add("key", row, 0, "key", $"The index has a key for row {row} that the row has not.");
        else
            select.Reset();
    }

    private static long EachOf(PreparedStatement select, Action row)
    {
        long last = 0;
        try
        {
            while (select.Step())
            {
                last = select.Int64(0);
                row();
            }
        }
        finally
        {
            select.Reset();
        }

        return last;
    }

    private static byte[] Bytes(UInt128 key)
    {
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        return bytes;
    }

    // Each pair is mixed with a seed of this run, so that no two changes cancel out but by chance.
    private void Add(ref (long Count, ulong Sum) sum, UInt128 key, long row)
    {
        unchecked
        {
            var mixed = Mix((ulong)key ^ seed);
            mixed = Mix(mixed ^ (ulong)(key >> 64));
            sum = (sum.Count + 1, sum.Sum + Mix(mixed ^ (ulong)row));
        }
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
