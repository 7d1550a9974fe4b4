using System.Net;
using System.Text.Json;
using Grains.Fraud.Entities;
using Grains.Interfaces.Fraud;
using Silo.Embedded;

namespace Gateway.Tests.Fraud;

/// <summary>What an address and a device saw before a restart counts after it; until that is read back, decisions say that they fell back.</summary>
public sealed class EntityRecallTests : IDisposable
{
    private const string From = ""","deviceId":"dev-1","ipAddress":"192.0.2.7" """;
    private readonly string data = Directory.CreateTempSubdirectory("recall-tests-").FullName;
    private int keys;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task Attempts_before_a_restart_count_after_it()
    {
        string last;
        await using (var server = await GatewayServer.Start(data: data))
        {
            Assert.Equal((1, 1, 0), await Judged(server, await Pay(server, 1)));
            // A rejected attempt is one, and the same one again is the same.
            var rejected = await Pay(server, 2, amount: "9999999.00");
            Assert.Equal("rejected", rejected["status"]);
            Assert.True((await Pay(server, 2, amount: "9999999.00", key: $"key-{keys}")).IsReplay);
            last = (await Pay(server, 3))["id"];
            Assert.Equal((3, 3, 0), await Judged(server, last));
        }

        await using var again = await GatewayServer.Start(data: data);
        Assert.Equal((3, 3, 0), await Judged(again, last));
        Assert.Equal((4, 4, 0), await Judged(again, await Pay(again, 4)));
        Assert.Equal((4, 4, 0), await Judged(again, await Pay(again, 1)));
        Assert.Equal((1, 1, 0), await Judged(again, await Pay(again, 5, ""","deviceId":"dev-2","ipAddress":"192.0.2.8" """)));
    }

    [Fact]
    public async Task What_is_out_of_the_window_by_then_does_not()
    {
        await using (var server = await GatewayServer.Start(data: data))
        {
            await Pay(server, 1);
            using var api = server.Api();
            (await api.Post("/sandbox/clock/advance", """{"seconds":5400}""")).Is(HttpStatusCode.OK);
            await Pay(server, 2);
        }

        await using var again = await GatewayServer.Start(data: data);
        // An hour and a half ago: of the device's day, and not of the address's hour.
        Assert.Equal((2, 3, 0), await Judged(again, await Pay(again, 3)));
    }

    [Fact]
    public async Task Until_it_is_read_back_a_decision_falls_back_and_what_it_saw_is_kept()
    {
        var table = new RiskEntityTable();
        var entities = new RiskEntities(table.Get, TimeSpan.FromSeconds(1), TimeProvider.System);
        var cold = await entities.Ask(address: 5, device: 6, new EntitySighting(1, 100, 1_000));
        Assert.Equal((null, null), (cold.AddressPayers, cold.DevicePayers));
        Assert.Equal([Feature.IpPayers1Hour, Feature.DevicePayers24Hours], cold.FellBack);
        // Told late, and twice.
        for (var i = 0; i < 2; i++)
            table.Recall(new RiskEntityKey(RiskEntityKind.Address, 5), new EntitySighting(2, 101, 500));
        table.IsWhole = true;
        var warm = await entities.Ask(address: 5, device: 6, new EntitySighting(3, 102, 2_000));
        Assert.Equal((3, 2), (warm.AddressPayers, warm.DevicePayers));
        Assert.Empty(warm.FellBack);
    }

    private async Task<Answer> Pay(GatewayServer server, int payer, string more = From, string amount = "1.00", string? key = null)
    {
        using var api = server.Api();
        return (await api.Post("/payments", SharedServer.Body($"sandbox_{payer:0000}", "sandbox_0900", amount, more), key ?? $"key-{++keys}")).Is(HttpStatusCode.Created);
    }

    private static Task<(int? Address, int? Device, int FellBack)> Judged(GatewayServer server, Answer paid) => Judged(server, paid["id"]);

    private static async Task<(int? Address, int? Device, int FellBack)> Judged(GatewayServer server, string payment)
    {
        using var analyst = server.Api(Keys.Analyst);
        var decision = (await analyst.Get("/fraud/decisions/" + payment)).Is(HttpStatusCode.OK).Json;
        var features = decision.GetProperty("features");
        return (Number(features, "ip_payers1_hour"), Number(features, "device_payers24_hours"), decision.GetProperty("fellBack").GetArrayLength());
    }

    private static int? Number(JsonElement features, string name) => features.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : null;
}
