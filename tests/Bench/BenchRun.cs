using Bench.Engine;
using Bench.Http;
using Bench.Peers;
using Bench.Postgres;
using Servers;

namespace Bench;

/// <summary>One run: stage by stage, then the ratios.</summary>
internal static class BenchRun
{
    public static async Task<(Machine Machine, Results Results)> Run(IReadOnlyCollection<string> suites, BenchScale scale, string? directory, BenchProgress progress, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchDirectory(directory);
        await using var hosts = new EngineHosts(scratch, scale, progress);
        await using var http = new HttpHosts(hosts);
        var binaries = PostgresServer.FindBinaries();
        await using var postgres = binaries is null ? null : new PostgresHost(binaries, scratch, given: null);
        var results = new Results(Suites.RatiosOf(suites, scale));
        if (postgres is null && suites.Contains("peers"))
            results.Skipped.Add("for_update, for_update_hot and plpgsql: PostgreSQL is not installed (Debian: apt-get install postgresql).");
        var machine = Machine.Describe(scratch, scale);
        results.Add([DiskSync.Measure(scratch.Path, scale.Rounds)]);
        // The baselines' server starts while accounts are opened, and rests until it is its turn.
        if (suites.Contains("peers") && postgres is not null)
            await Task.WhenAll(postgres.PeerConnection(BenchScale.PeerClients, cancellationToken), hosts.Get(EngineData.Mixed, cancellationToken));
        // The history is loaded while others warm up.
        if (suites.Contains("history"))
            _ = hosts.Get(EngineData.History, cancellationToken);
        foreach (var stage in Suites.Stages(suites, new BenchContext(scale, scratch, hosts, http, postgres)))
            await stage.Run(scale, results, progress, cancellationToken);
        return (machine, results);
    }

    /// <summary>The same on a ledger in PostgreSQL.</summary>
    /// <param name="server">A server to make databases on; empty: one of the run's own.</param>
    public static async Task<(Machine Machine, Results Results)> RunOnPostgres(IReadOnlyCollection<string> suites, BenchScale scale, string? directory, string server, BenchProgress progress, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchDirectory(directory);
        var binaries = PostgresServer.FindBinaries();
        await using var postgres = new PostgresHost(binaries, scratch, server.Length == 0 ? null : server);
        await using var hosts = new PostgresEngineHosts(postgres, scratch, scale, progress);
        var results = new Results(PostgresSuites.RatiosOf(suites));
        var machine = Machine.Describe(scratch, scale);
        results.Add([DiskSync.Measure(scratch.Path, scale.Rounds)]);
        foreach (var stage in PostgresSuites.Stages(suites, hosts, postgres, scale, binaries))
            await stage.Run(scale, results, progress, cancellationToken);
        return (machine, results);
    }
}
