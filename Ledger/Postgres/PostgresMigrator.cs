using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// Brings a database to this release's schema: ordered SQL files, each once, each in a transaction with its record, under an
/// advisory lock, so that of two processes that start at once one migrates and the other waits. A database whose applied
/// migrations differ from ours, or go beyond them, is refused untouched.
/// </summary>
public static class PostgresMigrator
{
    private const string Prefix = "Payments.Ledger.Postgres.Migrations.";

    /// <summary>The advisory lock that whoever migrates holds: "payments" in ASCII.</summary>
    private const long Lock = 0x7061796D656E7473;

    internal static void Migrate(NpgsqlDataSource source) => Migrate(source, Known());

    /// <summary>
    /// Brings a schema of a database to what an assembly has as resources below a prefix, in the same way as the ledger's own; makes the
    /// schema where it is missing.
    /// </summary>
    /// <param name="connectionString">The schema must be all of its search path.</param>
    /// <exception cref="LedgerSchemaException">A newer release was there, or something else is.</exception>
    public static void Migrate(string connectionString, Assembly assembly, string prefix)
    {
        var schema = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        using var source = NpgsqlDataSource.Create(schema);
        using (var connection = source.OpenConnection())
        {
            // Two that start at once: "if not exists" alone may fail for the second.
            Run(connection, null, $"select pg_advisory_lock({Lock}); create schema if not exists \"{schema.SearchPath}\"");
        }

        Migrate(source, Known(assembly, prefix));
    }

    internal static void Migrate(NpgsqlDataSource source, IReadOnlyList<Migration> known)
    {
        using var connection = source.OpenConnection();
        Run(connection, null, $"select pg_advisory_lock({Lock})");
        // The lock ends with the connection, which is not pooled.
        if (!HasRecord(connection))
        {
            RefuseForeignDatabase(connection);
            Run(connection, null, "create table migration (number bigint primary key, name text not null, checksum text not null)");
        }

        var applied = Applied(connection);
        if (Conflict(applied, known) is { } conflict)
            throw new LedgerSchemaException(conflict);
        foreach (var migration in known.Skip(applied.Count))
            Apply(connection, migration);
    }

    /// <summary>How a database's schema stands to ours, without a change to it.</summary>
    public static (IReadOnlyList<string> Applied, IReadOnlyList<string> Pending, string? Conflict) Compare(NpgsqlDataSource source)
    {
        using var connection = source.OpenConnection();
        var known = Known();
        var applied = HasRecord(connection) ? Applied(connection) : [];
        return ([.. applied.Select(static done => done.Name)], [.. known.Skip(applied.Count).Select(static migration => migration.Name)], Conflict(applied, known));
    }

    internal static List<Migration> Known() => Known(typeof(PostgresMigrator).Assembly, Prefix);

    private static List<Migration> Known(Assembly assembly, string prefix)
    {
        var known = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[prefix.Length..^".sql".Length];
            known.Add(new Migration(long.Parse(name.AsSpan(0, 4)), name, reader.ReadToEnd()));
        }

        return known;
    }

    private static void Apply(NpgsqlConnection connection, Migration migration)
    {
        using var transaction = connection.BeginTransaction();
        Run(connection, transaction, migration.Sql);
        using var record = new NpgsqlCommand("insert into migration (number, name, checksum) values ($1, $2, $3)", connection, transaction)
        {
            Parameters = { new() { Value = migration.Number }, new() { Value = migration.Name }, new() { Value = migration.Checksum } },
        };
        record.ExecuteNonQuery();
        transaction.Commit();
    }

    private static string? Conflict(List<(long Number, string Name, string Checksum)> applied, IReadOnlyList<Migration> known)
    {
        if (applied.Count > known.Count)
            return $"The ledger was written by a newer release: it has migration '{applied[^1].Name}', this release knows {known.Count}. Start the newer release; nothing was changed.";
        foreach (var (done, ours) in applied.Zip(known))
            if (done.Checksum != ours.Checksum)
                return $"Migration '{done.Name}' of the ledger is not the one that this release has as '{ours.Name}'. Nothing was changed.";
        return null;
    }

    private static List<(long Number, string Name, string Checksum)> Applied(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("select number, name, checksum from migration order by number", connection);
        using var reader = command.ExecuteReader();
        var applied = new List<(long, string, string)>();
        while (reader.Read())
            applied.Add((reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        return applied;
    }

    private static bool HasRecord(NpgsqlConnection connection) => (bool)Scalar(connection, "select to_regclass('migration') is not null")!;

    private static void RefuseForeignDatabase(NpgsqlConnection connection)
    {
        if ((long)Scalar(connection, "select count(*) from pg_tables where schemaname = current_schema()")! > 0)
            throw new LedgerSchemaException("The database has tables, but no record of migrations: it is not a ledger. Give a database of its own. Nothing was changed.");
    }

    private static object? Scalar(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private static void Run(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql)
    {
        // Our own files, not input: nobody else's text gets here.
        using var command = new NpgsqlCommand(sql, connection, transaction);
        command.ExecuteNonQuery();
    }

    internal sealed record Migration(long Number, string Name, string Sql)
    {
        public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
    }
}
