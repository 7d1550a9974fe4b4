using System.Net;
using Gateway.Tests;

namespace Cluster.Tests;

/// <summary>Books are compared by one silo of a cluster, and by another one once that is gone.</summary>
public sealed class ReconciliationTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task One_silo_finds_what_the_acquirer_has_otherwise_and_another_one_takes_over()
    {
        await using var cluster = await RunningCluster.Start(silos: 2, "--Payments:Reconciliation:AskAgainSeconds", "1");
        using var merchant = new Api(cluster.Gateway.Url, Keys.Merchant, 8);
        using var analyst = new Api(cluster.Gateway.Url, Keys.Analyst, 8);
        await Pay(merchant, 2_000);
        await Until(cluster, "reconciliation_checked_total{what=\"call\"}", 1);
        Assert.Equal(0, (await Told(cluster)).Breaks);

        // From now on the acquirer's book has another amount than it was asked for.
        cluster.Number("""
            create function misbook() returns trigger language plpgsql as $$ begin new.entry := replace(new.entry, '"Amount":2001', '"Amount":1999'); return new; end $$;
            create trigger misbook before insert on sandbox_book for each row execute function misbook()
            """);
        await Pay(merchant, 2_001);
        await Until(cluster, "reconciliation_breaks{kind=\"acquirer_amount\"}", 1);
        var found = Assert.Single((await analyst.Get("/audit/reconciliation")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray());
        Assert.Equal("acquirer_amount", found.GetProperty("kind").GetString());
        Assert.Equal("We booked 2001 for this authorize; the acquirer says 1999.", found.GetProperty("detail").GetString());
        (await merchant.Get("/audit/reconciliation")).IsProblem(403, "role_not_allowed");

        var (by, breaks) = await Told(cluster);
        Assert.Equal(1, breaks);
        await cluster.Kill(by);
        await Until(cluster, "reconciliation_breaks{kind=\"acquirer_amount\"}", 1);

        // It was settled: the acquirer's book has the amount now.
        cluster.Number("""update sandbox_book set entry = replace(entry, '"Amount":1999', '"Amount":2001')""");
        await Until(cluster, "reconciliation_breaks{kind=\"acquirer_amount\"}", 0);
        Assert.Equal(0, (await analyst.Get("/audit/reconciliation")).Is(HttpStatusCode.OK).Json.GetProperty("open").GetInt32());
    }

    private static async Task Pay(Api merchant, long amount) =>
        (await merchant.Send(HttpMethod.Post, "/v1/payment_intents", $"amount={amount}&currency=usd&confirm=true&payment_method=pm_card_visa", contentType: Form)).Is(HttpStatusCode.OK);

    /// <summary>The one process that tells of breaks, and how many it tells of.</summary>
    private static async Task<(ClusterProcess By, long Breaks)> Told(RunningCluster cluster)
    {
        var all = await Task.WhenAll(cluster.Silos.Append(cluster.Gateway).Select(static async process => (Process: process, Text: await Metrics(process))));
        var by = Assert.Single(all, static each => each.Text.Contains("reconciliation_breaks{", StringComparison.Ordinal)).Process;
        return (by, await by.Metric("reconciliation_breaks"));
    }

    private static async Task Until(RunningCluster cluster, string series, int value)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ; await Task.Delay(200))
        {
            var told = (await Task.WhenAll(cluster.Silos.Select(Metrics))).SelectMany(static text => text.Split('\n')).Where(line => line.StartsWith(series + " ", StringComparison.Ordinal)).ToList();
            if (told.Any(line => line == $"{series} {value}"))
                return;
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{series} is not {value}, but: {string.Join(", ", told)}");
        }
    }

    private static async Task<string> Metrics(ClusterProcess process)
    {
        using var http = new HttpClient { BaseAddress = process.Url };
        return await http.GetStringAsync("metrics");
    }
}
