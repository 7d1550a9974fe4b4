using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>The counts that a SQLite ledger keeps, for their audit.</summary>
internal static class SqliteTally
{
    public static TallyAudit Audit(SqliteDatabase database, AuditFindings findings) => new(account => Tenant(database, account), findings);

    public static void Compare(SqliteDatabase database, TallyAudit audit) => audit.Compare(
        Each(database, "SELECT tenant, second, settled, rejected FROM tally_second", static row => (row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3))),
        Each(database, "SELECT tenant, settled, rejected FROM tally_total", static row => (row.Int64(0), row.Int64(1), row.Int64(2))));

    private static long Tenant(SqliteDatabase database, long account)
    {
        var select = database.Statement("SELECT tenant FROM account WHERE number = ?").Bind(1, account);
        var tenant = select.Step() ? select.Int64(0) : 0;
        select.Reset();
        return tenant;
    }

    private static IEnumerable<T> Each<T>(SqliteDatabase database, string sql, Func<PreparedStatement, T> read)
    {
        var select = database.Statement(sql);
        try
        {
            while (select.Step())
                yield return read(select);
        }
        finally
        {
            select.Reset();
        }
    }
}
