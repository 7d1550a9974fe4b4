using Bench.Engine;
using Npgsql;

namespace Bench.Postgres;

/// <summary>Bytes of write-ahead log that a payment makes, of the whole server: pages written whole after a checkpoint included.</summary>
internal sealed class WalStage(PostgresEngineHosts hosts, IReadOnlyList<(EngineContender Engine, EngineData Data)> measured) : IStage
{
    public async Task Run(BenchScale scale, Results results, BenchProgress progress, CancellationToken cancellationToken)
    {
        var figures = new List<Figure>();
        foreach (var (engine, data) in measured)
        {
            progress.Say($"wal: {engine.Title}");
            await engine.Prepare(cancellationToken);
            var database = (await hosts.Get(data, cancellationToken)).Database;
            await using var source = NpgsqlDataSource.Create(database);
            var figure = new Figure("wal_" + engine.Name, $"WAL, {engine.Title}", "bytes/payment");
            for (var round = 0; round < scale.Rounds; round++)
            {
                var before = await Position(source, cancellationToken);
                var sample = await engine.Measure(cancellationToken);
                figure.Values.Add((double)(await Position(source, cancellationToken) - before) / sample.Payments);
            }

            figures.Add(figure);
        }

        var kilobyte = new Figure("kilobyte", "a kilobyte", "bytes");
        kilobyte.Values.AddRange(Enumerable.Repeat(1024.0, scale.Rounds));
        results.Add([.. figures, kilobyte]);
    }

    private static async Task<long> Position(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select (pg_current_wal_insert_lsn() - '0/0')::bigint");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
