using Ledger.Archive;
using Ledger.EventLog;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>Rows that stayed of the part of the log that was let go of: each must be the archive's.</summary>
internal sealed class PrunedRows
{
    private const int PageRows = 8_192;

    private readonly Dictionary<long, LogRow> rows = [];
    private readonly AuditFindings findings;

    public PrunedRows(NpgsqlConnection connection, PrunedLog pruned, AuditFindings findings)
    {
        this.findings = findings;
        if (pruned.Position == 0)
            return;
        for (var after = long.MinValue; ;)
        {
            var page = connection.Each($"select {LogColumns.All} from log l where l.id > $1 and l.id <= $2 order by l.id limit {PageRows}", LogColumns.Read, after, pruned.LastId);
            foreach (var row in page.Where(row => row.Position <= pruned.Position))
                rows.Add(row.Id, row);
            if (page.Count < PageRows)
                break;
            after = page[^1].Id;
        }

        Count = rows.Count;
    }

    public long Count { get; }

    public void Compare(LogRow archived)
    {
        if (!rows.Remove(archived.Id, out var row))
            return;
        RowAudit.CheckSeal(row, row.Leaf, row.Checks, findings);
        if (!row.Leaf.AsSpan().SequenceEqual(archived.Leaf))
            Found(row, "leaf");
        Field(row, "position", row.Position, archived.Position);
        Field(row, "debtor_balance", row.DebtorBalance, archived.DebtorBalance);
        Field(row, "creditor_balance", row.CreditorBalance, archived.CreditorBalance);
        Field(row, "debtor_previous", row.DebtorPrevious, archived.DebtorPrevious);
        Field(row, "creditor_previous", row.CreditorPrevious, archived.CreditorPrevious);
    }

    /// <summary>After the archive was read: rows that it has not.</summary>
    public void NameUnseen()
    {
        foreach (var row in rows.Values)
            findings.OfRow(row.Id, row.Position, "position", "The row stands in the log, but not in the archive of that part.");
    }

    private void Field(LogRow row, string field, long kept, long archived)
    {
        if (kept != archived)
            Found(row, field);
    }

    private void Found(LogRow row, string field) => findings.OfRow(row.Id, row.Position, field, "The row is not the one that was archived.");
}
