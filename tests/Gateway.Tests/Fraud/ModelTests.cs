using System.Net;
using System.Text.Json;
using Grains.Fraud.Model;
using Grains.Fraud.Model.Training;
using Grains.Interfaces.Fraud;

namespace Gateway.Tests.Fraud;

/// <summary>A trained model in force: loaded without a restart, kept over one, speaking in shadow or counting.</summary>
public sealed class ModelTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("model-tests-").FullName;
    private GatewayServer server = null!;

    public async Task InitializeAsync() => server = await GatewayServer.Start(data: data);

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task It_is_loaded_without_a_restart_and_kept_over_one()
    {
        var version = Train();
        using (var callers = Callers())
        {
            var (bank, analyst, administrator) = callers;
            (await analyst.Get("/fraud/model")).IsProblem(404, "not_found");
            Assert.Equal([version], (await analyst.Get("/fraud/models")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static one => one.GetString()!));
            Assert.Equal(JsonValueKind.Null, (await Model(bank, analyst, "9000.00")).ValueKind);
            (await analyst.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"shadow"}""")).IsProblem(403, "role_not_allowed");
            var loaded = (await administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"shadow"}""")).Is(HttpStatusCode.OK);
            Assert.Equal((version, "shadow"), (loaded["version"], loaded["mode"]));
            Assert.True(loaded.Json.GetProperty("manifest").GetProperty("metrics").GetProperty("averagePrecision").GetDouble() > 0.9, loaded.Text);
            // In shadow it speaks, and nothing comes of it.
            var said = await Model(bank, analyst, "9000.00");
            Assert.Equal((version, "shadow"), (said.GetProperty("version").GetString(), said.GetProperty("mode").GetString()));
            Assert.True(said.GetProperty("probability").GetDecimal() > 0.5m, said.GetRawText());
            Assert.Equal("amount", said.GetProperty("contributions")[0].GetProperty("feature").GetString());
            var unlikely = await Model(bank, analyst, "1.00");
            Assert.True(unlikely.GetProperty("probability").GetDecimal() < 0.2m, unlikely.GetRawText());
            // It passed, so its reasons are not recorded; they are told nonetheless.
            Assert.Equal("amount", unlikely.GetProperty("contributions")[0].GetProperty("feature").GetString());
            (await administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).Is(HttpStatusCode.OK);
            Assert.NotEqual("settled", (await Pay(bank, "9000.00"))["status"]);
        }

        await server.DisposeAsync();
        server = await GatewayServer.Start(data: data);
        using var again = Callers();
        Assert.Equal((version, "live"), ((await again.Analyst.Get("/fraud/model"))["version"], (await again.Analyst.Get("/fraud/model"))["mode"]));
        Assert.NotEqual("settled", (await Pay(again.Bank, "9000.00"))["status"]);
        (await again.Administrator.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.NoContent);
        Assert.Equal("settled", (await Pay(again.Bank, "9000.00"))["status"]);
    }

    [Fact]
    public async Task What_cannot_be_loaded_changes_nothing()
    {
        var version = Train();
        using var callers = Callers();
        foreach (var (body, field) in new[] { ("""{"version":"../../x","mode":"live"}""", "version"), ("""{"version":"none","mode":"live"}""", "version"), ($$"""{"version":"{{version}}","mode":"maybe"}""", "mode"), ("""{"mode":"live"}""", "version") })
            Assert.Equal([field], (await callers.Administrator.Put("/fraud/model", body)).IsProblem(422, "invalid_fields").Fields);
        var file = Directory.GetFiles(Path.Combine(data, "models"), "fraud-model-*").Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"trees\"", "\"treez\"", StringComparison.Ordinal));
        Assert.Equal(["version"], (await callers.Administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).IsProblem(422, "invalid_fields").Fields);
        (await callers.Analyst.Get("/fraud/model")).IsProblem(404, "not_found");
    }

    // High amounts are fraud, as plainly as can be.
    private string Train()
    {
        var names = FeatureNames.All;
        var random = new Random(7);
        var table = new TrainingTable(names);
        for (var i = 0; i < 4_000; i++)
        {
            var isFraud = i % 10 == 3;
            var row = new long[names.Count];
            row[0] = isFraud ? random.Next(500_000, 1_000_000) : random.Next(100, 300_000);
            table.Add(row, isFraud, i * 60_000L, i * 60_000L);
        }

        var model = ModelTraining.Train(table, new TrainingRequest { LabelDelay = TimeSpan.Zero }, DateTimeOffset.UnixEpoch.AddDays(1), null, CancellationToken.None);
        ModelFile.Save(Path.Combine(data, "models"), model);
        return model.Manifest.Version;
    }

    private static async Task<JsonElement> Model(Api bank, Api analyst, string amount)
    {
        var payment = await Pay(bank, amount);
        return (await analyst.Get("/fraud/decisions/" + payment["id"])).Is(HttpStatusCode.OK).Json.GetProperty("model");
    }

    private static async Task<Answer> Pay(Api bank, string amount) => (await bank.Post("/payments", SharedServer.Body("123456789", "987654321", amount))).Is(HttpStatusCode.Created);

    private Trio Callers() => new(server.Api(), server.Api(Keys.Analyst), server.Api(Keys.Administrator));

    private sealed record Trio(Api Bank, Api Analyst, Api Administrator) : IDisposable
    {
        public void Dispose()
        {
            Bank.Dispose();
            Analyst.Dispose();
            Administrator.Dispose();
        }
    }
}
