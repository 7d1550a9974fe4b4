using Bench.Engine;
using Bench.Peers;

namespace Bench.Postgres;

/// <summary>The suites of a ledger in PostgreSQL.</summary>
internal static class PostgresSuites
{
    public static readonly string[] Names = ["engine", "hot", "wal", "history", "peers"];

    private const int PeerWarmUpPayments = 50_000;

    private static readonly Dictionary<string, Ratio[]> Ratios = new()
    {
        ["engine"] = [new("engine_vs_raw", "engine", "raw_postgres", 0.45, 0.65)],
        ["hot"] =
        [
            new("hot_debtor_vs_uniform", "engine_hot_debtor", "engine", 0.8, 1),
            new("hot_creditor_vs_uniform", "engine_hot_creditor", "engine", 0.8, 1),
        ],
        ["wal"] = [new("wal_a_payment", "wal_engine", "kilobyte", 1, 1) { IsCost = true }],
        // The time that a payment takes: the rate without a history over the rate with one.
        ["history"] =
        [
            new("cost_after_history", "engine", "engine_history", 1.1, 1.1) { IsCost = true },
            new("wal_a_payment_after_history", "wal_engine_history", "kilobyte", 1, 1) { IsCost = true },
        ],
        ["peers"] =
        [
            new("engine_vs_for_update", "engine_64", "for_update", 4, 10),
            new("engine_vs_for_update_hot", "engine_64_hot", "for_update_hot", 10, 25),
            new("engine_vs_plpgsql", "engine_64", "plpgsql", 2, 5),
            new("engine_vs_tpcb", "engine_64", "tpcb", 0, 0),
        ],
    };

    public static Ratio[] RatiosOf(IEnumerable<string> suites) => [.. suites.SelectMany(static suite => Ratios[suite])];

    /// <summary>The contenders that the ratios need, in stages that run one after the other.</summary>
    public static List<IStage> Stages(IReadOnlyCollection<string> suites, PostgresEngineHosts hosts, PostgresHost server, BenchScale scale, string? binaries)
    {
        var needed = RatiosOf(suites).SelectMany(static ratio => new[] { ratio.Numerator, ratio.Denominator }).ToHashSet();
        var stages = new List<IStage>();
        Add("engine", Engine(hosts, server, scale));
        var wal = new List<(EngineContender, EngineData)>();
        if (suites.Contains("wal"))
            wal.Add((Uniform(hosts, scale), EngineData.Uniform));
        if (suites.Contains("history"))
            wal.Add((History(hosts, scale), EngineData.History));
        if (wal.Count > 0)
            stages.Add(new WalStage(hosts, wal));
        if (suites.Contains("peers"))
            Add("peers", Peers(hosts, server, scale, binaries));
        return stages;

        void Add(string name, IEnumerable<IContender> candidates)
        {
            var contenders = candidates.Where(contender => needed.Contains(contender.Name)).ToArray();
            if (contenders.Length > 0)
                stages.Add(new Stage(name, [new ContenderGroup(scale.Rounds, contenders)]));
        }
    }

    private static EngineContender Uniform(PostgresEngineHosts hosts, BenchScale scale) =>
        new(hosts, scale) { Name = "engine", Title = "engine on PostgreSQL, 1,024 in flight, 10,000 accounts" };

    private static EngineContender History(PostgresEngineHosts hosts, BenchScale scale) =>
        new(hosts, scale) { Name = "engine_history", Title = $"engine on PostgreSQL after {scale.PostgresHistoryPayments:#,0} payments", Data = EngineData.History };

    private static IEnumerable<IContender> Engine(PostgresEngineHosts hosts, PostgresHost server, BenchScale scale)
    {
        yield return new RawPostgres(hosts, server, scale);
        yield return Uniform(hosts, scale);
        yield return new EngineContender(hosts, scale) { Name = "engine_hot_debtor", Title = "engine on PostgreSQL, half debit one account", Data = EngineData.Mixed, Choose = AccountPairs.HotDebtor };
        yield return new EngineContender(hosts, scale) { Name = "engine_hot_creditor", Title = "engine on PostgreSQL, half credit one account", Data = EngineData.Mixed, Choose = AccountPairs.HotCreditor };
        yield return History(hosts, scale);
    }

    private static IEnumerable<IContender> Peers(PostgresEngineHosts hosts, PostgresHost server, BenchScale scale, string? binaries)
    {
        // A commit takes few payments here, and what runs once a commit is compiled for good after so many commits.
        var peerScale = scale with { EnginePayments = scale.EnginePayments / 2, WarmUpPayments = Math.Max(scale.WarmUpPayments, PeerWarmUpPayments) };
        yield return new EngineContender(hosts, peerScale) { Name = "engine_64", Title = "engine on PostgreSQL, 64 clients", Data = EngineData.Mixed, InFlight = BenchScale.PeerClients };
        yield return new EngineContender(hosts, peerScale) { Name = "engine_64_hot", Title = "engine on PostgreSQL, 64 clients, hot debtor", Data = EngineData.Mixed, InFlight = BenchScale.PeerClients, Choose = AccountPairs.HotDebtor };
        var uniform = new ForUpdate(server, scale, AccountPairs.Uniform, hot: false);
        yield return uniform;
        yield return new ForUpdate(server, scale, AccountPairs.HotDebtor, hot: true, uniform);
        yield return new PlPgSql(server, scale);
        if (binaries is not null && File.Exists(Path.Combine(binaries, "pgbench")))
            yield return new TpcB(server, binaries, scale);
    }
}
