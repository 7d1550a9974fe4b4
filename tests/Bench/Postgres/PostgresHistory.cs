using Bench.Peers;

namespace Bench.Postgres;

/// <summary>
/// Puts many settled payments into a PostgreSQL ledger, fast: rows and keys as wide and as random as the engine's, made by the server
/// itself. They lie in the 30 days before now, so that every key is kept. No account's chain leads to them, and no hash goes over
/// them: what is measured is what tables and indexes of this size cost.
/// </summary>
internal static class PostgresHistory
{
    /// <summary>Rows of one statement: progress is told between them.</summary>
    private const int Slice = 500_000;

    public static async Task Load(string database, int payments, BenchProgress progress, CancellationToken cancellationToken)
    {
        foreach (var statement in Sql.Read("History.sql", "prepare").Split(';'))
            await PostgresHost.Execute(database, statement, cancellationToken);
        for (var done = 0; done < payments; done += Slice)
        {
            progress.Step($"history: {done:#,0} of {payments:#,0} payments loaded");
            await PostgresHost.Execute(database, Sql.Read("History.sql", "slice").Replace("{from}", $"{done + 1}").Replace("{to}", $"{Math.Min(payments, done + Slice)}").Replace("{all}", $"{payments}"), cancellationToken);
        }

        progress.Say("history: the index of keys");
        foreach (var statement in Sql.Read("History.sql", "finish").Split(';'))
            await PostgresHost.Execute(database, statement.Replace("{all}", $"{payments}"), cancellationToken);
    }
}
