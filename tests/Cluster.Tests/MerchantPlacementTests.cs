using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Gateway.Keys;
using Gateway.Tests;
using Ledger;
using Ledger.Postgres;
using Xunit.Abstractions;

namespace Cluster.Tests;

/// <summary>A thousand merchants on real processes: two silos, then three, then two of them. Where their grains are is asked of the silos.</summary>
public sealed class MerchantPlacementTests(ITestOutputHelper log)
{
    private const int Count = 1_000;

    /// <summary>The merchant's own grain, and those of two accounts under its shard key.</summary>
    private const int LeastGrains = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly string[] Merchants = [.. Enumerable.Range(0, Count).Select(static merchant => $"shop{merchant:0000}")];
    private static readonly HashSet<string> Names = [.. Merchants];

    [Fact]
    public async Task Each_merchant_is_on_one_silo_and_only_a_newcomers_share_moves()
    {
        await using var cluster = await RunningCluster.Start(silos: 2);
        using var api = new Api(cluster.Gateway.Url, null, 512);
        await Open(cluster, api);
        await TouchAll(api);
        await using var placement = await LivePlacement.Join(cluster);
        var two = await Settled(placement, api, silos: 2);
        Fair(two, 2);

        await cluster.AddSilo();
        var three = await Settled(placement, api, silos: 3);
        Fair(three, 3);
        var newcomer = Assert.Single(three.Values.Distinct().Except(two.Values));
        var moved = Merchants.Where(merchant => !three[merchant].Equals(two[merchant])).ToList();
        log.WriteLine($"{moved.Count} of {Count} merchants moved.");
        Assert.All(moved, merchant => Assert.Equal(newcomer, three[merchant]));
        Assert.InRange(moved.Count, 0.8 * Count / 3, 1.2 * Count / 3);
        var grainsMoved = (await Task.WhenAll(cluster.Silos.Select(static silo => silo.Metric("grains_moved_total")))).Sum();
        log.WriteLine($"{grainsMoved} grains by the silos' own count.");
        Assert.True(grainsMoved >= moved.Count, $"{grainsMoved} grains moved.");

        await cluster.Kill(cluster.Silos[0]);
        await TouchAll(api);
        var left = await Settled(placement, api, silos: 2);
        var dead = Assert.Single(three.Values.Distinct().Except(left.Values));
        // Whoever was not on it stays.
        Assert.All(Merchants.Where(merchant => !three[merchant].Equals(dead)), merchant => Assert.Equal(three[merchant], left[merchant]));
        Fair(left, 2);
    }

    // Keys as `keys create` makes them: of each merchant one for its checkout, and one for its accounts. Two of those are under its shard key.
    private static async Task Open(RunningCluster cluster, Api api)
    {
        using (var registry = new PostgresRegistry(PostgresSettings.Parse(cluster.Database, isProduction: false), TimeProvider.System))
            foreach (var merchant in Merchants)
                foreach (var role in new[] { ApiKeyRole.Merchant, ApiKeyRole.Bank })
                    registry.AddKey(new ApiKey($"{merchant}-{role}", registry.AddTenant(merchant), merchant, role, 0, null), ApiKeys.Hash(Secret(merchant, role)));
        await Each(async merchant =>
        {
            foreach (var account in new[] { "till", "reserve" })
                Assert.Equal(HttpStatusCode.Created, await Send(api, merchant, ApiKeyRole.Bank, "/accounts", $$"""{"id":"{{merchant}}:{{account}}","currency":"USD"}"""));
        });
    }

    // Each grain once: the merchant's by its checkout, an account's by a payment, which is refused for want of funds.
    private static Task TouchAll(Api api) => Each(async merchant =>
    {
        await Until(merchant, () => Send(api, merchant, ApiKeyRole.Merchant, "/v1/customers", ""));
        await Until(merchant, () => Send(api, merchant, ApiKeyRole.Bank, "/payments", SharedServer.Body($"{merchant}:till", $"{merchant}:reserve", "0.01")));
        await Until(merchant, () => Send(api, merchant, ApiKeyRole.Bank, "/payments", SharedServer.Body($"{merchant}:reserve", $"{merchant}:till", "0.01")));
    });

    private static async Task<HttpStatusCode> Send(Api api, string merchant, ApiKeyRole role, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, role == ApiKeyRole.Bank ? "application/json" : "application/x-www-form-urlencoded") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Secret(merchant, role));
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await api.Http.SendAsync(request);
        return response.StatusCode;
    }

    // While a silo dies, outcomes are unknown: asked again until there is one.
    private static async Task Until(string merchant, Func<Task<HttpStatusCode>> touch)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            var status = await touch();
            if (status is HttpStatusCode.OK or HttpStatusCode.Created)
                return;
            Assert.True(status >= HttpStatusCode.InternalServerError, $"{merchant}: {(int)status}");
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{merchant} was not answered within {Patience}; last: {(int)status}");
        }
    }

    // A call may find a grain where it was, and wake it there: it is moved at the silo's next look.
    private async Task<IReadOnlyDictionary<string, SiloAddress>> Settled(LivePlacement placement, Api api, int silos)
    {
        for (var (since, looks) = (TimeProvider.System.GetTimestamp(), 1); ; looks++)
        {
            var active = await placement.Silos();
            var (of, elsewhere) = await placement.Of(Names, active, LeastGrains);
            if (active.Length == silos && of.Count == Count)
            {
                log.WriteLine($"{silos} silos after {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s: {string.Join(", ", of.Values.CountBy(static silo => silo).Select(static silo => silo.Value))}");
                return of;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{active.Length} silos active, {of.Count} merchants in place; elsewhere, for one: {string.Join(" ", elsewhere.Take(1))}");
            await Task.Delay(500);
            // What is asleep nobody can find anywhere.
            if (looks % 20 == 0)
                await TouchAll(api);
        }
    }

    private static void Fair(IReadOnlyDictionary<string, SiloAddress> of, int silos)
    {
        var shares = of.Values.CountBy(static silo => silo).ToList();
        Assert.Equal(silos, shares.Count);
        Assert.All(shares, share => Assert.InRange(share.Value, 0.8 * Count / silos, 1.2 * Count / silos));
    }

    private static Task Each(Func<string, Task> work) => Parallel.ForEachAsync(Merchants, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (merchant, _) => await work(merchant));

    private static string Secret(string merchant, ApiKeyRole role) => $"sk_test_{merchant}_{role}";
}
