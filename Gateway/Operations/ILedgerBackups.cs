namespace Gateway.Operations;

/// <summary>Makes consistent copies of the running ledger. The host knows where they go; no caller names a path.</summary>
public interface ILedgerBackups
{
    /// <summary>Copies the ledger, its key file and a manifest into a new directory of this machine, while commits go on.</summary>
    /// <exception cref="BackupRunningException">One is being made already.</exception>
    Task<MadeBackup> Make(IProgress<BackupPages> progress, CancellationToken cancellationToken);
}

/// <summary>How far a backup is.</summary>
public readonly record struct BackupPages(long Done, long Total);

/// <summary>A finished backup.</summary>
/// <param name="Directory">Where it is, on the server's machine.</param>
/// <param name="LastPosition">The newest event in it.</param>
public sealed record MadeBackup(string Directory, long Bytes, long LastPosition);

/// <summary>A backup is being made already.</summary>
public sealed class BackupRunningException() : Exception("A backup is being made already: wait for its end.");
