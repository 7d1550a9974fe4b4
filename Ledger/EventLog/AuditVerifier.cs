using Ledger.Sqlite;

namespace Ledger.EventLog;

/// <summary>
/// Reads the whole log again, in position order, and everything that is kept beside it, and reports whatever is not as the log
/// says it must be. It may run beside the server, on a connection of its own: no transaction of it lasts long, and each
/// comparison is made where the log has just been read to its end. It changes nothing.
/// </summary>
public static class AuditVerifier
{
    /// <exception cref="FileNotFoundException">There is no ledger.</exception>
    /// <exception cref="LedgerSchemaException">It is of another release.</exception>
    /// <exception cref="LedgerStoreException">The file cannot be read for now (locked, no memory); this says nothing about what is in it.</exception>
    public static AuditReport Verify(string ledgerPath, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        if (!File.Exists(ledgerPath))
            throw new FileNotFoundException($"There is no ledger at '{ledgerPath}'.", ledgerPath);
        var started = TimeProvider.System.GetTimestamp();
        var findings = new AuditFindings();
        AuditRun? run = null;
        try
        {
            using var database = new SqliteDatabase(ledgerPath, SqliteAccess.Audit);
            run = new AuditRun(database, findings, progress, cancellation);
            run.Read();
        }
        catch (LedgerDamagedException damage)
        {
            findings.Of("file", damage.Field ?? "", damage.Message);
        }
        catch (LedgerStoreException failure) when (!failure.IsTransient)
        {
            findings.Of("file", "", failure.Message);
        }

        return new AuditReport
        {
            Rows = run?.Log?.Rows ?? 0,
            Batches = run?.Log?.Batches ?? 0,
            FindingCount = findings.Count,
            Findings = findings.Kept,
            Duration = TimeProvider.System.GetElapsedTime(started),
            LastPosition = run?.Log?.Position ?? 0,
            LastHash = Convert.ToHexStringLower(run?.Log?.LastHash ?? []),
        };
    }
}
