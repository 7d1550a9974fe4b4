using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Databases that have the ledger's tables already: copies of one, since making the tables takes longer than most tests.</summary>
internal static class MigratedDatabase
{
    private static readonly Lazy<string> Template = new(static () => Make(static _ => { }));

    /// <summary>A ledger's database, of which nothing was written.</summary>
    public static string New() => TestPostgres.NewDatabase(Template.Value);

    /// <summary>A database to make copies of: with tables, and with what <paramref name="fill"/> writes.</summary>
    public static string Make(Action<PostgresStore> fill)
    {
        var database = TestPostgres.NewDatabase();
        using (var store = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System))
            fill(store);
        // The next one begins with writing what was kept behind.
        Open(database, TimeSpan.FromDays(1)).Dispose();
        return database;
    }

    /// <summary>A number that the database says, over a connection of its own.</summary>
    public static long Number(string database, string sql)
    {
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        using var command = source.CreateCommand(sql);
        return Convert.ToInt64(command.ExecuteScalar());
    }

    public static void Execute(string database, string sql)
    {
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        using var command = source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }

    /// <param name="inPlaceFor">How long all is written in place before the counters are kept behind.</param>
    /// <param name="sweepAt">After how many changes they are swept.</param>
    public static PostgresStore Open(string database, TimeSpan inPlaceFor, int sweepAt = 40) =>
        new(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System, 0, new CountersTail(TimeProvider.System) { InPlaceFor = inPlaceFor, SweepAt = sweepAt });
}
