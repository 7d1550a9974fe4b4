using System.Collections.Concurrent;
using Ledger.Postgres;
using Servers;
using Silo.Embedded;

namespace Gateway.Tests;

/// <summary>
/// Which ledger the suite speaks to: SQLite in a directory, or, where <c>PAYMENTS_TEST_LEDGER</c> is <c>postgres</c>, a database
/// of its own on a real PostgreSQL server, the same again for the same directory.
/// </summary>
internal static class TestLedger
{
    private static readonly ConcurrentDictionary<string, string> Databases = new(StringComparer.Ordinal);

    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable("PAYMENTS_TEST_LEDGER") == "postgres";

    public static OpenLedger Open(string directory) => IsPostgres
        ? OpenLedger.InPostgres(PostgresSettings.Parse(Databases.GetOrAdd(directory, static _ => TestPostgres.NewDatabase()), isProduction: false), null, TimeProvider.System)
        : OpenLedger.InDirectory(directory);
}
