using System.Collections.Concurrent;
using Ledger.Postgres;
using Servers;
using Silo.Embedded;

namespace Gateway.Tests;

/// <summary>
/// Which ledger the suite speaks to: SQLite in a directory, or, where <c>PAYMENTS_TEST_LEDGER</c> is <c>postgres</c> or
/// <c>postgres-2</c>, one database or two, as shards, on a real PostgreSQL server: the same again for the same directory.
/// </summary>
internal static class TestLedger
{
    private static readonly ConcurrentDictionary<string, PostgresSettings[]> Databases = new(StringComparer.Ordinal);

    public static bool IsPostgres => Shards > 0;

    /// <summary>How many databases; 0 for SQLite.</summary>
    public static int Shards { get; } = Environment.GetEnvironmentVariable("PAYMENTS_TEST_LEDGER") switch
    {
        "postgres" => 1,
        "postgres-2" => 2,
        null or "" => 0,
        var other => throw new InvalidOperationException($"PAYMENTS_TEST_LEDGER is '{other}', which names no ledger."),
    };

    public static OpenLedger Open(string directory) => IsPostgres
        ? OpenLedger.InPostgres(Databases.GetOrAdd(directory, static _ => NewDatabases()), null, TimeProvider.System)
        : OpenLedger.InDirectory(directory);

    private static PostgresSettings[] NewDatabases() =>
        [.. Enumerable.Range(0, Shards).Select(static _ => PostgresSettings.Parse(TestPostgres.NewDatabase(), isProduction: false))];
}
