using Bench;
using Bench.Peers;
using Cluster.Bench.Transactions;
using Servers;

namespace Cluster.Bench;

/// <summary>One run: all contenders in turn, each on a database of its own of one server, whose ledgers are looked at afterwards.</summary>
internal static class ClusterRun
{
    public static readonly string[] Names = ["embedded_http", "cluster_http", "cluster_grain", "orleans_transactions"];

    private static readonly Ratio[] Ratios =
    [
        new("cluster_vs_embedded", "cluster_http", "embedded_http", 0, 0),
        new("cluster_vs_orleans_transactions", "cluster_grain", "orleans_transactions", 20, 20),
    ];

    /// <param name="only">The contenders to measure; none: all.</param>
    public static async Task<(Machine Machine, Results Results)> Run(BenchScale scale, string[] only, string? directory, BenchProgress progress, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchDirectory(directory);
        await using var postgres = new PostgresHost(PostgresServer.FindBinaries(), scratch, given: null);
        var results = new Results(Ratios);
        var machine = Machine.Describe(scratch, scale);
        results.Add([DiskSync.Measure(scratch.Path, scale.Rounds)]);
        progress.Say($"opening {BenchScale.Accounts:#,0} accounts");
        var ledgers = await ClusterLedgers.Make(postgres, scratch, cancellationToken);
        IContender[] contenders =
        [
            new HttpContender(ledgers, scale, silos: 0),
            new HttpContender(ledgers, scale, silos: 2),
            new GrainContender(ledgers, scale),
            new TransactionsContender(postgres, scale, progress),
        ];
        var measured = Array.FindAll(contenders, contender => only.Length == 0 || only.Contains(contender.Name));
        await new Stage("cluster", [new ContenderGroup(scale.Rounds, measured)]).Run(scale, results, progress, cancellationToken);
        return (machine, results);
    }
}
