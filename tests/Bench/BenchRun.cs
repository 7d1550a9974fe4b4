using Bench.Engine;
using Bench.Http;
using Bench.Peers;
using Servers;

namespace Bench;

/// <summary>One run: stage by stage, then the ratios.</summary>
internal static class BenchRun
{
    public static async Task<(Machine Machine, Results Results)> Run(IReadOnlyCollection<string> suites, bool quick, string? directory, BenchProgress progress, CancellationToken cancellationToken)
    {
        var scale = quick ? BenchScale.Quick : BenchScale.Full;
        using var scratch = new ScratchDirectory(directory);
        await using var hosts = new EngineHosts(scratch, scale, progress);
        await using var http = new HttpHosts(hosts);
        var binaries = PostgresServer.FindBinaries();
        using var postgres = binaries is null ? null : new PostgresHost(binaries, scratch);
        var results = new Results();
        if (postgres is null && suites.Contains("peers"))
            results.Skipped.Add("for_update, for_update_hot and plpgsql: PostgreSQL is not installed (Debian: apt-get install postgresql).");
        var machine = Machine.Describe(scratch, quick);
        results.Figures.Add(DiskSync.Measure(scratch.Path, scale.Rounds));
        // The baselines' server starts while accounts are opened, and rests until it is its turn.
        if (suites.Contains("peers") && postgres is not null)
            await Task.WhenAll(postgres.Start(cancellationToken), hosts.Get(EngineData.Mixed, cancellationToken));
        foreach (var stage in Suites.Stages(suites, new BenchContext(scale, scratch, hosts, http, postgres)))
            await stage.Run(scale, results, progress, cancellationToken);
        foreach (var ratio in Suites.RatiosOf(suites, scale))
            if (results.Find(ratio.Numerator) is { } numerator && results.Find(ratio.Denominator) is { } denominator)
                results.Ratios.Add((ratio, ratio.Of(numerator, denominator)));
        return (machine, results);
    }
}
