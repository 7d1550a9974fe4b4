using System.Net;
using System.Text.Json;
using Gateway.Tests;
using Gateway.Tests.Fraud;

namespace Cluster.Tests.Fraud;

/// <summary>A fraud model that is put in force through the gateway judges the payments of every silo.</summary>
public sealed class ClusterModelTests
{
    private const int Payers = 24;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_model_in_force_reaches_every_silo_one_that_joins_and_all_after_a_restart()
    {
        await using var cluster = await RunningCluster.Start(silos: 2);
        var version = await PutInForce(cluster.Gateway.Url);
        await OpenAccounts(cluster.Gateway.Url);

        await Until(() => AllJudgedBy(cluster.Gateway.Url, version), "A silo never used the model.");
        await AllAwake(cluster);

        var third = await cluster.AddSilo();
        // From its first payment on: nothing that it decides is without the model.
        await Until(
            async () =>
            {
                Assert.True(await AllJudgedBy(cluster.Gateway.Url, version), "The third silo decided without the model.");
                return await third.Metric("grains_active") > 0;
            },
            "The third silo got no grain.");
        await AllAwake(cluster);

        await cluster.Restart(silos: 2);
        Assert.True(await AllJudgedBy(cluster.Gateway.Url, version), "After a restart a silo decided without the model.");
        using var administrator = new Api(cluster.Gateway.Url, Keys.Administrator, 4);
        Assert.Equal((version, "live"), ((await administrator.Get("/fraud/model"))["version"], (await administrator.Get("/fraud/model"))["mode"]));
        (await administrator.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.NoContent);
        await Until(() => AllJudgedBy(cluster.Gateway.Url, null), "A silo never let go of the model.");
    }

    // Nobody puts a file anywhere: it goes over HTTP, to a gateway that decides nothing itself.
    private static async Task<string> PutInForce(Uri gateway)
    {
        var directory = Directory.CreateTempSubdirectory("payments-model-");
        var version = PlainModel.Train(directory.FullName);
        using var administrator = new Api(gateway, Keys.Administrator, 4);
        (await administrator.Post("/fraud/models", await File.ReadAllTextAsync(Assert.Single(directory.GetFiles()).FullName))).Is(HttpStatusCode.Created);
        directory.Delete(recursive: true);
        (await administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).Is(HttpStatusCode.OK);
        return version;
    }

    private static async Task OpenAccounts(Uri gateway)
    {
        using var bank = new Api(gateway, Keys.Bank, 16);
        await Parallel.ForEachAsync(Enumerable.Range(0, Payers), async (payer, _) =>
        {
            (await bank.Post("/accounts", $$"""{"id":"judged_{{payer}}","currency":"USD"}""")).Is(HttpStatusCode.Created);
            (await bank.Post($"/sandbox/accounts/judged_{payer}/fund", """{"amount":"900000.00"}""")).Is(HttpStatusCode.OK);
        });
    }

    /// <summary>Each account pays what the model holds to be fraud; whether each decision names the model, and each payment was stopped by it.</summary>
    private static async Task<bool> AllJudgedBy(Uri gateway, string? version)
    {
        using var bank = new Api(gateway, Keys.Bank, 16);
        using var analyst = new Api(gateway, Keys.Analyst, 16);
        var judged = await Task.WhenAll(Enumerable.Range(0, Payers).Select(async payer =>
        {
            var paid = (await bank.Post("/payments", SharedServer.Body($"judged_{payer}", "sandbox_0500", "9000.00"), Guid.NewGuid().ToString())).Is(HttpStatusCode.Created);
            var model = (await analyst.Get("/fraud/decisions/" + paid["id"])).Is(HttpStatusCode.OK).Json.GetProperty("model");
            return ((model.ValueKind == JsonValueKind.Null ? null : model.GetProperty("version").GetString()) == version) && (paid["status"] == "settled") == (version is null);
        }));
        return Array.TrueForAll(judged, static one => one);
    }

    private static async Task AllAwake(RunningCluster cluster)
    {
        foreach (var silo in cluster.Silos)
            Assert.True(await silo.Metric("grains_active") > 0, "A silo has no grain.");
    }

    private static async Task Until(Func<Task<bool>> reached, string missing)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await reached())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Soon, missing);
            await Task.Delay(100);
        }
    }
}
