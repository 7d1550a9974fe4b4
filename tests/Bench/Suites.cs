using Bench.Engine;
using Bench.Http;
using Bench.Peers;

namespace Bench;

/// <summary>What each suite compares: its ratios name the figures, and the figures' contenders are measured.</summary>
internal static class Suites
{
    public static readonly string[] Names = ["engine", "hot", "bad", "batch", "history", "http", "rules", "checkout", "latency", "stream", "peers"];

    /// <summary>What a quick run measures when it is not told what.</summary>
    public static readonly string[] Quick = ["engine", "hot", "batch", "history", "http", "latency", "peers"];

    private static readonly Dictionary<string, Ratio[]> Ratios = new()
    {
        ["engine"] = [new("engine_vs_raw", "engine", "raw_sqlite", 0.5, 0.7), new("engine_vs_raw_behind", "engine", "raw_sqlite_behind", 0, 0)],
        ["hot"] =
        [
            new("hot_debtor_vs_uniform", "engine_hot_debtor", "engine", 0.85, 1),
            new("hot_creditor_vs_uniform", "engine_hot_creditor", "engine", 0.85, 1),
        ],
        ["bad"] =
        [
            new("bad_entries_vs_none", "engine_bad", "engine", 0.7, 0.85),
            new("refused_entries_vs_none", "engine_refused", "engine", 0, 0),
        ],
        ["batch"] = [new("batch_vs_engine", "batch", "engine", 0.8, 1)],
        ["http"] = [new("http_vs_echo", "http", "echo", 0.25, 0.45)],
        ["rules"] = [new("rules_vs_none", "http_judged", "http", 0.8, 0.9)],
        ["checkout"] = [new("checkout_vs_payments", "checkout", "http", 0.12, 0.3)],
        ["stream"] = [new("stream_p99_vs_none", "p99_with_stream", "p99_without_stream", 2, 1.5) { IsCost = true }],
        ["history"] = [new("history_vs_empty", "engine_history", "engine", 0.85, 1)],
        ["peers"] =
        [
            new("engine_vs_for_update", "engine_64", "for_update", 8, 20),
            new("engine_vs_for_update_hot", "engine_64_hot", "for_update_hot", 20, 50),
            new("engine_vs_plpgsql", "engine_64", "plpgsql", 1, 1),
        ],
    };

    /// <summary>A quick run leaves out what has no bar.</summary>
    public static Ratio[] RatiosOf(IEnumerable<string> suites, BenchScale scale) =>
        [.. suites.SelectMany(static suite => Ratios.GetValueOrDefault(suite) ?? []).Where(ratio => ratio.AtLeast > 0 || scale.WithoutBars)];

    /// <summary>The contenders that the ratios need, in stages that run one after the other.</summary>
    public static List<IStage> Stages(IReadOnlyCollection<string> suites, BenchContext context)
    {
        var (scale, stages) = (context.Scale, new List<IStage>());
        var engine = Engine(context).ToArray();
        Add("engine", Group(scale.Rounds, engine, "engine", "hot", "bad"), Group(scale.PairRounds, engine, "history"), Group(scale.PairRounds, engine, "batch"));
        Add("http", Group(scale.Rounds, Http(context), "http", "rules", "checkout"));
        if (suites.Contains("latency"))
            stages.Add(new LatencyStage(context.Http));
        if (suites.Contains("stream"))
            stages.Add(new StreamStage(context.Http));
        Add("peers", Group(scale.Rounds, Peers(context), "peers"));
        return stages;

        // Of the candidates, those that the ratios of these suites need.
        ContenderGroup Group(int rounds, IEnumerable<IContender> candidates, params string[] of)
        {
            var needed = RatiosOf(of.Intersect(suites), scale).SelectMany(static ratio => new[] { ratio.Numerator, ratio.Denominator }).ToHashSet();
            return new ContenderGroup(rounds, [.. candidates.Where(contender => needed.Contains(contender.Name))]);
        }

        void Add(string name, params ContenderGroup[] groups)
        {
            var measured = Array.FindAll(groups, static group => group.Contenders.Count > 0);
            if (measured.Length > 0)
                stages.Add(new Stage(name, measured));
        }
    }

    private static IEnumerable<IContender> Engine(BenchContext context)
    {
        var (hosts, scale) = (context.Hosts, context.Scale);
        yield return new RawSqlite(context.Scratch, scale, behind: false);
        yield return new RawSqlite(context.Scratch, scale, behind: true);
        yield return new EngineContender(hosts, scale) { Name = "engine_hot_debtor", Title = "engine, half debit one account", Data = EngineData.Mixed, Choose = AccountPairs.HotDebtor };
        yield return new EngineContender(hosts, scale) { Name = "engine_hot_creditor", Title = "engine, half credit one account", Data = EngineData.Mixed, Choose = AccountPairs.HotCreditor };
        yield return new EngineContender(hosts, scale) { Name = "engine_history", Title = $"engine after {scale.HistoryPayments:#,0} payments", Data = EngineData.History };
        yield return new EngineContender(hosts, scale) { Name = "engine", Title = "engine, 1,024 in flight, 10,000 accounts" };
        yield return new BatchContender(context.Http, scale);
        yield return new EngineContender(hosts, scale) { Name = "engine_bad", Title = "engine, one in ten to a closed account: the others", Data = EngineData.Mixed, BadOneIn = 10 };
        yield return new EngineContender(hosts, scale) { Name = "engine_refused", Title = "engine, the same, refused by the commit: the others", Data = EngineData.Mixed, BadOneIn = 10, BelieveOpen = true };
    }

    private static IEnumerable<IContender> Http(BenchContext context)
    {
        yield return new HttpContender(context.Http, context.Scale, HttpTarget.Echo);
        yield return new HttpContender(context.Http, context.Scale, HttpTarget.Product);
        yield return new HttpContender(context.Http, context.Scale, HttpTarget.JudgingProduct);
        yield return new CheckoutContender(context.Http, context.Scale);
    }

    private static IEnumerable<IContender> Peers(BenchContext context)
    {
        var (hosts, scale) = (context.Hosts, context.Scale);
        var peerScale = scale with { EnginePayments = scale.EnginePayments / 2 };
        yield return new EngineContender(hosts, peerScale) { Name = "engine_64", Title = "engine, 64 clients", Data = EngineData.Mixed, InFlight = BenchScale.PeerClients };
        yield return new EngineContender(hosts, peerScale) { Name = "engine_64_hot", Title = "engine, 64 clients, hot debtor", Data = EngineData.Mixed, InFlight = BenchScale.PeerClients, Choose = AccountPairs.HotDebtor };
        if (context.Postgres is not { } postgres)
            yield break;
        var uniform = new ForUpdate(postgres, scale, AccountPairs.Uniform, hot: false);
        yield return uniform;
        yield return new ForUpdate(postgres, scale, AccountPairs.HotDebtor, hot: true, uniform);
        yield return new PlPgSql(postgres, scale);
    }
}
