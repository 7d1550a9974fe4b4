using System.Net;
using System.Text.RegularExpressions;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;
using Ledger.EventLog;

namespace Gateway.Tests.Operations;

/// <summary>Meters are the process's: these tests run while no other server does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<SharedServer>
{
    public const string Name = "alone";
}

[Collection(AloneCollection.Name)]
public sealed partial class MetricsTests(SharedServer shared)
{
    [Fact]
    public async Task Metrics_count_what_happened()
    {
        var debtor = await shared.Account("1.00");
        var before = await Metrics();
        await shared.Pay(debtor, "987654321", "1.00", "metric-1");
        await shared.Pay(debtor, "987654321", "1.00", "metric-1");
        await shared.Pay(debtor, "987654321", "1.00", "metric-2");
        var after = await Metrics();
        Assert.Equal(1, Delta("payments_total{rail=\"ledger\",status=\"settled\",reason=\"\"}"));
        Assert.Equal(1, Delta("payments_total{rail=\"ledger\",status=\"rejected\",reason=\"AM04\"}"));
        Assert.Equal(3, Delta("payment_duration_seconds_count"));
        Assert.Equal(3, Delta("payment_duration_seconds_bucket{le=\"+Inf\"}"));
        Assert.True(Delta("ledger_commit_seconds_count") >= 2);
        Assert.True(Delta("ledger_batch_payments_sum") >= 2);
        // With one shard there is nothing to tell apart.
        Assert.Equal(
            Shards.Count == 1 ? ["ledger_queue_depth"] : Enumerable.Range(0, Shards.Count).Select(static shard => $"ledger_queue_depth{{shard=\"{shard}\"}}"),
            after.Keys.Where(static name => name.StartsWith("ledger_queue_depth", StringComparison.Ordinal)).Order());
        Assert.True(after["dotnet_process_memory_working_set_bytes"] > 1_000_000);

        double Delta(string name) => after[name] - before.GetValueOrDefault(name);
    }

    [Fact]
    public async Task Awake_grains_are_counted()
    {
        var before = (await Metrics())["grains_active"];
        await shared.Account("0");
        Assert.InRange((await Metrics())["grains_active"], before + 1, before + 2);
    }

    [Fact]
    public async Task The_lag_of_the_log_s_readers_is_the_age_of_what_the_last_of_them_has_not_read()
    {
        // What other tests recorded a moment ago may still be under way to it.
        for (var tries = 0; tries < 500 && (await Metrics())["events_lag_seconds{consumer=\"stream\"}"] != 0; tries++)
            await Task.Delay(10);
        Assert.Equal(0, (await Metrics())["events_lag_seconds{consumer=\"stream\"}"]);
        var consumers = (EventConsumers)shared.Server.Services.GetService(typeof(EventConsumers))!;
        var shards = (LedgerShards)shared.Server.Services.GetService(typeof(LedgerShards))!;
        using var ahead = consumers.Begin("test", shards.End);
        using var behind = consumers.Begin("test", shards.End);
        await shared.Account("0");
        (await shared.Bank.Post("/sandbox/clock/advance", """{"seconds":100}""")).Is(HttpStatusCode.OK);
        ahead.Position = shards.End;
        Assert.InRange((await Metrics())["events_lag_seconds{consumer=\"test\"}"], 100, 1_000);
        behind.Position = shards.End;
        Assert.Equal(0, (await Metrics())["events_lag_seconds{consumer=\"test\"}"]);
    }

    [Fact]
    public async Task A_stream_is_a_reader_while_it_is_open()
    {
        var consumers = (EventConsumers)shared.Server.Services.GetService(typeof(EventConsumers))!;
        var shards = (LedgerShards)shared.Server.Services.GetService(typeof(LedgerShards))!;
        Assert.Equal(("stream", null), Assert.Single(consumers.FurthestBehind(), static one => one.Name == "stream"));
        using (var stream = await Events.SseReader.Open(shared.Analyst))
        {
            await stream.Frame();
            await shared.Account("0");
            await stream.Event();
            var position = Assert.Single(consumers.FurthestBehind(), static one => one.Name == "stream").Position!.Value;
            Assert.InRange(LogCursor.Start(shards.Count).Behind(position), 1, LogCursor.Start(shards.Count).Behind(shards.End));
        }
    }

    [Fact]
    public async Task Payments_of_unknown_outcome_are_counted_until_it_is_known()
    {
        Assert.Equal((0, 0), await Unresolved());
        var (first, second) = (await Payment(), await Payment());
        await Record(first, EventType.PaymentUnresolved, 2);
        (await shared.Bank.Post("/sandbox/clock/advance", """{"seconds":60}""")).Is(HttpStatusCode.OK);
        await Record(second, EventType.PaymentUnresolved, 2);
        var (count, oldest) = await Unresolved();
        Assert.Equal(2, count);
        Assert.InRange(oldest, 60, 1_000);
        await Record(first, EventType.PaymentSettled, 3);
        (count, oldest) = await Unresolved();
        Assert.Equal(1, count);
        Assert.InRange(oldest, 0, 59);
        await Record(second, EventType.PaymentRejected, 3);
        Assert.Equal((0, 0), await Unresolved());

        async Task<(double Count, double OldestSeconds)> Unresolved()
        {
            var metrics = await Metrics();
            return (metrics["payments_unresolved"], metrics["payments_unresolved_oldest_seconds"]);
        }

        async Task<LogRow> Payment()
        {
            var debtor = await shared.Account("1.00");
            var payment = PaymentId.TryParse((await shared.Pay(debtor, "987654321", "1.00"))["id"], out var id) ? id : default;
            return (await Shards.Reader.FindRow(payment.Number))!;
        }

        // As a rail will: no rail is there yet that leaves an outcome open.
        async Task Record(LogRow payment, EventType type, int version)
        {
            var row = new LogRow
            {
                Id = Shards.OfNumber(payment.Id).Ids.Next(),
                Type = type,
                TimeMs = ((ProductClock)shared.Server.Services.GetService(typeof(ProductClock))!).GetUtcNow().ToUnixTimeMilliseconds(),
                Tenant = payment.Tenant,
                Payment = payment.Id,
                Version = version,
                Debtor = payment.Debtor,
                Creditor = payment.Creditor,
                Amount = payment.Amount,
                Currency = payment.Currency,
            };
            LeafHash.Seal(row);
            var entry = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row };
            Assert.Equal(Admission.Admitted, Shards.OfNumber(payment.Id).TryEnqueue(entry));
            Assert.Equal(Refusal.None, await entry.Committed);
        }
    }

    [Fact]
    public async Task Metrics_are_prometheus_text_and_name_nobody()
    {
        using var anyone = shared.Server.Api(key: null);
        var answer = (await anyone.Get("/metrics")).Is(HttpStatusCode.OK);
        Assert.StartsWith("text/plain; version=0.0.4", answer.Headers["Content-Type"]);
        foreach (var line in answer.Text.TrimEnd('\n').Split('\n'))
            Assert.Matches(Sample(), line);
        Assert.DoesNotContain("123456789", answer.Text);
    }

    private LedgerShards Shards => (LedgerShards)shared.Server.Services.GetService(typeof(LedgerShards))!;

    private async Task<Dictionary<string, double>> Metrics() =>
        (await shared.Bank.Get("/metrics")).Is(HttpStatusCode.OK).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#')
            .ToDictionary(static line => line[..line.LastIndexOf(' ')], static line => double.Parse(line[line.LastIndexOf(' ')..]));

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+0-9.eE]+)$""")]
    private static partial Regex Sample();
}
