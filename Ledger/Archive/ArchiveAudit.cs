using Ledger.EventLog;

namespace Ledger.Archive;

/// <summary>
/// Verifies an archive by itself, without its ledger: files, hash chain, and the balances, chains, versions and pending transfers of
/// every account from the first event on.
/// </summary>
public static class ArchiveAudit
{
    /// <exception cref="InvalidDataException">The directory is no archive.</exception>
    public static AuditReport Verify(string directory, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var started = TimeProvider.System.GetTimestamp();
        var manifest = ArchiveManifest.Read(directory);
        var findings = new AuditFindings();
        var holds = new HoldReplay(findings);
        var accounts = new AccountReplay(holds, findings);
        var replay = new ArchiveReplay(directory, findings, row =>
        {
            accounts.Apply(row);
            holds.Note(row);
        });
        foreach (var segment in manifest.Segments)
            replay.Read(segment, position => progress?.Report(new AuditProgress(position, manifest.LastPosition)), cancellation);
        if (!replay.IsBroken)
            new KeptState(accounts, holds, findings).CheckTrialBalance();
        return new AuditReport
        {
            Rows = replay.Position,
            Batches = replay.Batches,
            FindingCount = findings.Count,
            Findings = findings.Kept,
            Duration = TimeProvider.System.GetElapsedTime(started),
            LastPosition = replay.Position,
            LastHash = Convert.ToHexStringLower(replay.LastHash),
        };
    }
}
