using System.Security.Cryptography;
using System.Text;

namespace Ledger.Sqlite;

/// <summary>
/// Brings a ledger file to this release's schema: ordered SQL files, each once, in one transaction with its record. A file
/// whose applied migrations differ from ours, or go beyond them, is refused untouched.
/// </summary>
internal static class Migrator
{
    private const string Prefix = "Payments.Ledger.Sqlite.Migrations.";

    public static void Migrate(SqliteDatabase database) => Migrate(database, Known());

    internal static void Migrate(SqliteDatabase database, IReadOnlyList<Migration> known)
    {
        database.Execute("BEGIN IMMEDIATE");
        try
        {
            RefuseForeignFile(database);
            database.Execute("CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)");
            var applied = Applied(database);
            Compare(applied, known);
            foreach (var migration in known.Skip(applied.Count))
            {
                database.Execute(migration.Sql);
                database.Statement("INSERT INTO migration (number, name, checksum) VALUES (?, ?, ?)")
                    .Bind(1, migration.Number).Bind(2, migration.Name).Bind(3, migration.Checksum).Run();
            }

            database.Execute("COMMIT");
        }
        catch
        {
            database.RollBack();
            throw;
        }
    }

    /// <summary>How a ledger's schema stands to ours, without a change to it.</summary>
    public static LedgerSchema Compare(SqliteDatabase database)
    {
        var known = Known();
        var select = database.Statement("SELECT 1 FROM sqlite_master WHERE name = 'migration'");
        var isLedger = select.Step();
        select.Reset();
        if (!isLedger)
            throw new LedgerDamagedException("The file is a database, but not a ledger.");
        var applied = Applied(database);
        string? conflict = null;
        try
        {
            Compare(applied, known);
        }
        catch (LedgerSchemaException exception)
        {
            conflict = exception.Message;
        }

        return new LedgerSchema([.. applied.Select(static done => done.Name)], [.. known.Skip(applied.Count).Select(static migration => migration.Name)], conflict);
    }

    private static void RefuseForeignFile(SqliteDatabase database)
    {
        var select = database.Statement("SELECT count(*), coalesce(sum(name = 'migration'), 0) FROM sqlite_master WHERE type = 'table'");
        select.Step();
        var (tables, ours) = (select.Int64(0), select.Int64(1));
        select.Reset();
        if (tables > 0 && ours == 0)
            throw new LedgerDamagedException("The file is a database, but not a ledger: it has tables, and no record of migrations. Nothing was changed.");
    }

    private static void Compare(List<(long Number, string Name, string Checksum)> applied, IReadOnlyList<Migration> known)
    {
        if (applied.Count > known.Count)
            throw new LedgerSchemaException($"The ledger was written by a newer release: it has migration '{applied[^1].Name}', this release knows {known.Count}. Start the newer release; nothing was changed.");
        foreach (var (done, ours) in applied.Zip(known))
            if (done.Checksum != ours.Checksum)
                throw new LedgerSchemaException($"Migration '{done.Name}' of the ledger is not the one that this release has as '{ours.Name}'. Nothing was changed.");
    }

    private static List<(long Number, string Name, string Checksum)> Applied(SqliteDatabase database)
    {
        var applied = new List<(long, string, string)>();
        var select = database.Statement("SELECT number, name, checksum FROM migration ORDER BY number");
        while (select.Step())
            applied.Add((select.Int64(0), select.Text(1), select.Text(2)));
        return applied;
    }

    internal static List<Migration> Known()
    {
        var assembly = typeof(Migrator).Assembly;
        var names = assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var known = new List<Migration>();
        foreach (var resource in names)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var sql = reader.ReadToEnd();
            var name = resource[Prefix.Length..^".sql".Length];
            known.Add(new Migration(long.Parse(name.AsSpan(0, 4)), name, sql));
        }

        return known;
    }

    internal sealed record Migration(long Number, string Name, string Sql)
    {
        public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
    }
}
