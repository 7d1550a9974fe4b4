namespace Ledger.EventLog;

/// <summary>What an audit read, and what it found.</summary>
public sealed record AuditReport
{
    /// <summary>Rows of the log that were read.</summary>
    public required long Rows { get; init; }

    public required long Batches { get; init; }

    /// <summary>Everything that was found, also what <see cref="Findings"/> has no room for; 0 for a sound ledger.</summary>
    public required long FindingCount { get; init; }

    /// <summary>The first findings, at most <see cref="AuditFindings.Capacity"/>.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The position up to which the log was read.</summary>
    public required long LastPosition { get; init; }

    /// <summary>The hash of the batch that ends there, in hexadecimal digits.</summary>
    public required string LastHash { get; init; }

    /// <summary>Documents of merchants and of fraud that were held against the transfers; null where that was not done.</summary>
    public long? Documents { get; init; }

    /// <summary>Why there are documents that were not; null where all were, or there are none.</summary>
    public string? DocumentsNotCompared { get; init; }

    /// <summary>The same with what another look at the same log found.</summary>
    public AuditReport With(long documents, IReadOnlyList<AuditFinding> found) => this with
    {
        Documents = documents,
        FindingCount = FindingCount + found.Count,
        Findings = [.. Findings.Concat(found).Take(AuditFindings.Capacity)],
    };

    public bool IsSound => FindingCount == 0;
}

/// <summary>One thing that is not as the log says it must be.</summary>
/// <param name="Table">The table that it stands in; <c>file</c> where SQLite itself could not read on.</param>
/// <param name="EventId">The event (<c>evt_…</c>) that it is about, where it is about one.</param>
/// <param name="Position">The place in the log, where there is one; 0 otherwise.</param>
/// <param name="Field">The column that differs.</param>
/// <param name="Detail">A sentence: what stands there, and what belongs there.</param>
public sealed record AuditFinding(string Table, string? EventId, long Position, string Field, string Detail);

/// <summary>How far an audit has read the log.</summary>
public readonly record struct AuditProgress(long RowsDone, long RowsTotal);
