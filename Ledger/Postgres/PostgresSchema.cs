namespace Ledger.Postgres;

/// <summary>How the schema of a ledger's database stands to this release's. Read only.</summary>
public static class PostgresSchema
{
    /// <exception cref="LedgerStoreException">The server cannot be reached, or refuses.</exception>
    public static LedgerSchema Read(PostgresSettings settings)
    {
        try
        {
            using var source = settings.ForMigrations();
            var (applied, pending, conflict) = PostgresMigrator.Compare(source);
            return new LedgerSchema(applied, pending, conflict);
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }
}
