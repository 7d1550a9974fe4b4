namespace Ledger.Sqlite;

/// <summary>How the schema of a ledger's file stands to this release's. Read only; the file is left as it is.</summary>
public sealed record LedgerSchema(IReadOnlyList<string> Applied, IReadOnlyList<string> Pending, string? Conflict)
{
    public bool IsCurrent => Conflict is null && Pending.Count == 0;

    /// <summary>Reads the schema of a ledger's file that exists.</summary>
    /// <exception cref="LedgerDamagedException">The file is not a ledger.</exception>
    public static LedgerSchema Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException("There is no ledger here.", path);
        using var database = new SqliteDatabase(path, SqliteAccess.Audit);
        return Migrator.Compare(database);
    }

    /// <exception cref="LedgerSchemaException">It is another release's.</exception>
    public void RequireCurrent()
    {
        if (Conflict is not null)
            throw new LedgerSchemaException(Conflict);
        if (Pending.Count > 0)
            throw new LedgerSchemaException($"The ledger was written by an older release: it has no migration '{Pending[0]}'. Start this release on it once.");
    }

    public string Explain() =>
        Conflict ?? (Pending.Count == 0 ? $"The schema is this release's ({Applied[^1]})." : $"The ledger waits for {string.Join(", ", Pending)}: the next start of the server applies it.");
}
