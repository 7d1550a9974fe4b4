using Ledger.Sqlite;
using SQLitePCL;

namespace Ledger.EventLog;

/// <summary>Compares one row, where SQLite has it, with the leaf hash and the check bytes that were sealed with it.</summary>
internal static class RowAudit
{
    private static readonly string[] BlobColumns = ["key", "request_hash", "data", "sealed", "sealed_creditor", "leaf", "checks"];

    /// <summary>The row under the statement, and its stored leaf; null where it cannot be read as a row.</summary>
    public static LogRow? Read(PreparedStatement select, Span<byte> storedLeaf, AuditFindings findings)
    {
        var (id, position) = (select.Int64(0), select.Int64(1));
        var leaf = select.Bytes(LogTable.LeafColumn);
        if (leaf.Length == LeafHash.Size)
            leaf.CopyTo(storedLeaf);
        else
            storedLeaf.Clear();
        LogRow row;
        try
        {
            row = LogTable.ReadFields(select);
        }
        catch (LedgerDamagedException damage)
        {
            findings.OfRow(id, position, damage.Field ?? "row", damage.Message);
            return null;
        }

        CheckSeal(row, storedLeaf, select.Bytes(LogTable.ChecksColumn), findings);
        CheckStorage(select, row, findings);
        return row;
    }

    /// <summary>Compares a row's stored leaf and check bytes with those of its fields.</summary>
    public static void CheckSeal(LogRow row, ReadOnlySpan<byte> storedLeaf, ReadOnlySpan<byte> storedChecks, AuditFindings findings)
    {
        Span<byte> leaf = stackalloc byte[LeafHash.Size];
        Span<byte> checks = stackalloc byte[RowFields.Count];
        LeafHash.Compute(row, leaf, checks);
        var sameLeaf = leaf.SequenceEqual(storedLeaf);
        var sameChecks = checks.SequenceEqual(storedChecks);
        if (sameLeaf && sameChecks)
            return;
        if (sameLeaf || storedChecks.Length != RowFields.Count)
            findings.OfRow(row.Id, row.Position, "checks", "The check bytes are not those of the row.");
        if (sameLeaf)
            return;
        if (sameChecks || storedChecks.Length != RowFields.Count)
        {
            findings.OfRow(row.Id, row.Position, "leaf", "The leaf hash is not that of the row.");
            return;
        }

        for (var i = 0; i < RowFields.Count; i++)
            if (checks[i] != storedChecks[i])
                findings.OfRow(row.Id, row.Position, RowFields.Names[i], "The field is not the one that was sealed.");
    }

    // SQLite reads a text, or nothing, as a number where we ask for one: the hash would not see it, but an index or a query would.
    private static void CheckStorage(PreparedStatement select, LogRow row, AuditFindings findings)
    {
        for (var column = 0; column < LogTable.ColumnNames.Length; column++)
        {
            var stored = select.StorageClass(column);
            var name = LogTable.ColumnNames[column];
            if (stored == raw.SQLITE_INTEGER && !IsBlob(column) && (name != "payment" || row.Payment != row.Id))
                continue;
            var belongs = IsBlob(column)
                ? stored == raw.SQLITE_BLOB || (stored == raw.SQLITE_NULL && column is not (LogTable.LeafColumn or LogTable.ChecksColumn))
                : name == "payment" && stored == raw.SQLITE_NULL;
            if (!belongs)
                findings.OfRow(row.Id, row.Position, name, "The field is not stored as it is written.");
        }
    }

    private static bool IsBlob(int column) => ((1 << column) & BlobMask) != 0;

    private static readonly int BlobMask = BlobColumns.Aggregate(0, static (mask, name) => mask | (1 << Array.IndexOf(LogTable.ColumnNames, name)));
}
