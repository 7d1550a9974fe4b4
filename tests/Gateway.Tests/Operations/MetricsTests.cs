using System.Net;
using System.Text.RegularExpressions;

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
        Assert.True(after.ContainsKey("ledger_queue_depth"));
        Assert.True(after["dotnet_process_memory_working_set_bytes"] > 1_000_000);

        double Delta(string name) => after[name] - before.GetValueOrDefault(name);
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

    private async Task<Dictionary<string, double>> Metrics() =>
        (await shared.Bank.Get("/metrics")).Is(HttpStatusCode.OK).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => line[0] != '#')
            .ToDictionary(static line => line[..line.LastIndexOf(' ')], static line => double.Parse(line[line.LastIndexOf(' ')..]));

    [GeneratedRegex("""^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+0-9.eE]+)$""")]
    private static partial Regex Sample();
}
