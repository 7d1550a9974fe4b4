using System.Text.Json;
using Grains.Fraud.Backtest;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Ledger.Sqlite;

namespace Gateway.Tests.Fraud;

/// <summary>A ledger of recorded decisions, replayed from its log: beside its writer as a server does, and as the command line does.</summary>
public sealed class RecordedReplayTests
{
    // Recording them takes PostgreSQL minutes: there a tenth is enough to show that the log is read alike.
    private static readonly int Many = TestLedger.IsPostgres ? 10_000 : 100_000;
    private const long ChangedSpeedKmh = 300;

    [Fact]
    public async Task A_hundred_thousand_recorded_decisions_are_equal_and_one_threshold_differs_as_a_direct_recomputation_does()
    {
        await using var recorded = await RecordedPayments.Make(Many);
        var unchanged = await Replay(recorded, RuleChanges.None);
        Assert.Equal((Many, Many, Many, 0), (unchanged.Payments, unchanged.Decisions, unchanged.Equal, unchanged.NotReplayed));
        Assert.False(unchanged.IsFinding);
        Assert.InRange(unchanged.Outcomes.Single(static pair => pair.From == RiskOutcome.Review).Payments, Many / 200, Many);

        var changed = await Replay(recorded, Slower());
        Assert.Equal(await Recomputed(recorded), Told(changed));
        Assert.InRange(changed.Changed, Many / 1_000, Many);
        Assert.Equal(Json(changed), Json(await Replay(recorded, Slower())));

        await Ranges_add_up(recorded);
        await The_command_lines_way_says_the_same(recorded, changed);
    }

    // Two ranges that meet hold each payment once.
    private static async Task Ranges_add_up(RecordedPayments recorded)
    {
        var middle = recorded.Edition.Clock.GetUtcNow() - TimeSpan.FromHours(30.0 * Many / 100_000);
        var (first, second) = (await Replay(recorded, RuleChanges.None, new BacktestRange(To: middle)), await Replay(recorded, RuleChanges.None, new BacktestRange(From: middle)));
        Assert.Equal(Many, first.Decisions + second.Decisions);
        Assert.InRange(first.Decisions, Many / 4, 3 * Many / 4);
        // The rest of these rows opened cases. A sample is the newest of each shard.
        var sample = await Replay(recorded, RuleChanges.None, new BacktestRange(Newest: Many / 10));
        Assert.InRange(sample.Payments, Many / 11, (Many / 10 * recorded.Edition.Shards.Count) - 1);
        Assert.Equal((sample.Payments, Many / 10), (sample.Equal, sample.Newest));
    }

    private static async Task The_command_lines_way_says_the_same(RecordedPayments recorded, BacktestReport changed)
    {
        if (TestLedger.IsPostgres)
            return;
        using var log = DocumentLog.OfFile(Path.Combine(recorded.Directory, SqliteStore.FileName));
        using var key = MasterKey.Load(recorded.Directory, mayCreate: false);
        var plan = BacktestPlan.Of(FraudRules.Default(), null, Slower());
        using var run = new BacktestRun([new StoredDecisionLog(log)], key, plan);
        Assert.Equal(Json(changed), Json(await run.Run(CancellationToken.None)));
    }

    // Of all rules that count, impossible travel alone can speak here: 60 points, from 50 a review.
    private static async Task<SortedDictionary<string, (long Payments, long Money)>> Recomputed(RecordedPayments recorded)
    {
        var sums = new SortedDictionary<string, (long, long)>(StringComparer.Ordinal);
        foreach (var writer in recorded.Edition.Shards.Writers)
        {
            long position = 0;
            for (IReadOnlyList<LogRow> page = await writer.Reader.RowsAfter(0, 1_000); page.Count > 0; page = await writer.Reader.RowsAfter(position, 1_000))
            {
                position = page[^1].Position;
                foreach (var row in page.Where(static row => row.Payment == row.Id))
                {
                    var decision = (await recorded.Edition.PaymentReader.ReadDecision(row))!;
                    var (metres, ms) = (decision.Values[(int)Feature.TravelMetres], decision.Values[(int)Feature.TravelMs]);
                    var isTooFast = metres >= 100_000 && (Int128)metres * 3_600 > (Int128)ChangedSpeedKmh * ms;
                    var name = $"{decision.Outcome} {(isTooFast ? RiskOutcome.Review : RiskOutcome.Approve)} {row.Currency.Code}";
                    var (payments, money) = sums.GetValueOrDefault(name);
                    sums[name] = (payments + 1, money + row.Amount);
                }
            }
        }

        return sums;
    }

    private static SortedDictionary<string, (long Payments, long Money)> Told(BacktestReport report)
    {
        var sums = new SortedDictionary<string, (long, long)>(StringComparer.Ordinal);
        foreach (var pair in report.Outcomes)
        {
            foreach (var sum in pair.Amounts)
            {
                Assert.True(Money.TryParse(sum.Amount, Currency.Parse(sum.Currency), out var money));
                sums.Add($"{pair.From} {pair.To} {sum.Currency}", (sum.Payments, money.MinorUnits));
            }
        }

        return sums;
    }

    private static async Task<BacktestReport> Replay(RecordedPayments recorded, RuleChanges changes, BacktestRange? range = null)
    {
        var edition = recorded.Edition;
        using var run = new BacktestRun([.. edition.Shards.Writers.Select(static writer => new RunningDecisionLog(writer))], edition.MasterKey, BacktestPlan.Of(edition.Risk!.Rules, null, changes, range));
        return await run.Run(CancellationToken.None);
    }

    private static RuleChanges Slower()
    {
        using var document = JsonDocument.Parse($$$"""{"rules":[{"name":"impossible_travel","parameters":{"max_speed_kmh":{{{ChangedSpeedKmh}}}}}]}""");
        return RuleChangesReader.Read(document.RootElement).Changes!;
    }

    private static string Json(BacktestReport report) => JsonSerializer.Serialize(report, BacktestJson.Default.BacktestReport);
}
