using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Fraud;

/// <summary>A trained model in force: loaded without a restart, kept over one, speaking in shadow or counting.</summary>
public sealed class ModelTests : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("model-tests-").FullName;
    private readonly string strictData = Directory.CreateTempSubdirectory("model-tests-").FullName;
    private GatewayServer server = null!;

    public async Task InitializeAsync() => server = await GatewayServer.Start(data: data);

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(data, recursive: true);
        Directory.Delete(strictData, recursive: true);
    }

    [Fact]
    public async Task It_is_loaded_without_a_restart_and_kept_over_one()
    {
        var version = Train();
        using (var callers = Callers())
        {
            var (bank, analyst, administrator) = callers;
            (await analyst.Get("/fraud/model")).IsProblem(404, "not_found");
            Assert.Equal([version], (await analyst.Get("/fraud/models")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static one => one.GetProperty("version").GetString()!));
            Assert.Equal(JsonValueKind.Null, (await Model(bank, analyst, "9000.00")).ValueKind);
            (await analyst.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"shadow"}""")).IsProblem(403, "role_not_allowed");
            var loaded = (await administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"shadow"}""")).Is(HttpStatusCode.OK);
            Assert.Equal((version, "shadow"), (loaded["version"], loaded["mode"]));
            Assert.True(loaded.Json.GetProperty("manifest").GetProperty("metrics").GetProperty("averagePrecision").GetDouble() > 0.9, loaded.Text);
            // What it is worth is drawn from its manifest, whether or not it is in force.
            var shown = (await analyst.Get("/fraud/models/" + version)).Is(HttpStatusCode.OK);
            Assert.Equal((version, "shadow"), (shown["version"], shown["mode"]));
            Assert.Equal(loaded.Json.GetProperty("manifest").GetRawText(), shown.Json.GetProperty("manifest").GetRawText());
            var metrics = shown.Json.GetProperty("manifest").GetProperty("metrics");
            Assert.InRange(metrics.GetProperty("curve").GetArrayLength(), 2, 50);
            Assert.All(metrics.GetProperty("curve").EnumerateArray(), static point => Assert.True(point.GetProperty("precision").GetDouble() is >= 0 and <= 1 && point.GetProperty("recall").GetDouble() is > 0 and <= 1 && point.GetProperty("share").GetDouble() is > 0 and <= 1));
            Assert.InRange(metrics.GetProperty("calibration").GetArrayLength(), 1, 10);
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
    public async Task One_that_is_brought_over_HTTP_stays_in_the_ledger()
    {
        var version = Train();
        var file = Assert.Single(Directory.GetFiles(Path.Combine(data, "models")));
        var text = await File.ReadAllTextAsync(file);
        File.Delete(file);
        using var callers = Callers();
        var (bank, analyst, administrator) = callers;
        (await analyst.Post("/fraud/models", text)).IsProblem(403, "role_not_allowed");
        (await administrator.Post("/fraud/models", text.Replace("\"trees\"", "\"treez\"", StringComparison.Ordinal))).IsProblem(400, "malformed_json");
        (await administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).IsProblem(422, "invalid_fields");
        for (var i = 0; i < 2; i++)
            Assert.Equal((version, JsonValueKind.Null), ((await administrator.Post("/fraud/models", text)).Is(HttpStatusCode.Created)["version"], (await analyst.Get("/fraud/models/" + version)).Json.GetProperty("mode").ValueKind));
        // Of one version, one file: this one says the same, and is written otherwise.
        (await administrator.Post("/fraud/models", text + "\n")).IsProblem(400, "malformed_json");
        (await administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).Is(HttpStatusCode.OK);
        Assert.NotEqual("settled", (await Pay(bank, "9000.00"))["status"]);
        // Who put what in force stands in the log, once for each change.
        (await administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).Is(HttpStatusCode.OK);
        (await administrator.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.NoContent);
        var events = (await analyst.Get("/events?type=fraud.model_changed&limit=10")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static one => one.GetProperty("data"));
        Assert.Equal(
            [("in_force", "live", "admin"), ("in_force", null, "admin")],
            events.Select(static one => (one.GetProperty("action").GetString(), one.GetProperty("mode").GetString(), one.GetProperty("by").GetString())));
    }

    [Fact]
    public async Task What_an_earlier_release_had_in_force_stays_in_force()
    {
        var version = Train();
        await server.DisposeAsync();
        File.WriteAllText(Path.Combine(data, "models", "in-force.json"), $$"""{"version":"{{version}}","isPublished":true,"by":"ann"}""");
        server = await GatewayServer.Start(data: data);
        using (var callers = Callers())
        {
            var now = (await callers.Analyst.Get("/fraud/model")).Is(HttpStatusCode.OK);
            Assert.Equal((version, "live", "ann"), (now["version"], now["mode"], now["by"]));
            Assert.NotEqual("settled", (await Pay(callers.Bank, "9000.00"))["status"]);
            (await callers.Administrator.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.NoContent);
        }

        // Once: what was chosen since stands.
        await server.DisposeAsync();
        server = await GatewayServer.Start(data: data);
        using var again = Callers();
        (await again.Analyst.Get("/fraud/model")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task What_cannot_be_loaded_changes_nothing()
    {
        var version = Train();
        using var callers = Callers();
        foreach (var (body, field) in new[] { ("""{"version":"../../x","mode":"live"}""", "version"), ("""{"version":"none","mode":"live"}""", "version"), ($$"""{"version":"{{version}}","mode":"maybe"}""", "mode"), ("""{"mode":"live"}""", "version") })
            Assert.Equal([field], (await callers.Administrator.Put("/fraud/model", body)).IsProblem(422, "invalid_fields").Fields);
        Assert.Equal(JsonValueKind.Null, (await callers.Analyst.Get("/fraud/models/" + version)).Is(HttpStatusCode.OK).Json.GetProperty("mode").ValueKind);
        (await callers.Analyst.Get("/fraud/models/none")).IsProblem(404, "not_found");
        (await callers.Bank.Get("/fraud/models/" + version)).IsProblem(403, "role_not_allowed");
        var file = Directory.GetFiles(Path.Combine(data, "models"), "fraud-model-*").Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"trees\"", "\"treez\"", StringComparison.Ordinal));
        Assert.Equal(["version"], (await callers.Administrator.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).IsProblem(422, "invalid_fields").Fields);
        Assert.Contains("damaged", (await callers.Analyst.Get("/fraud/models/" + version)).IsProblem(404, "not_found")["detail"], StringComparison.Ordinal);
        (await callers.Analyst.Get("/fraud/model")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task What_begins_or_ends_to_act_takes_two_people_where_it_is_so_configured()
    {
        await using var strict = await GatewayServer.Start(data: strictData, settings: ("Payments:Fraud:FourEyes", "true"));
        var version = PlainModel.Train(Path.Combine(strictData, "models"));
        using var ann = strict.Api(Keys.Administrator);
        using var analyst = strict.Api(Keys.Analyst);
        var registry = (Ledger.IRegistry)strict.Services.GetService(typeof(Ledger.IRegistry))!;
        registry.AddKey(new Ledger.ApiKey("bob", registry.AddTenant("sandbox_operations"), "sandbox_operations", Ledger.ApiKeyRole.Administrator, 0, null), global::Gateway.Keys.ApiKeys.Hash("sk_bob"));
        using var bob = strict.Api("sk_bob");
        var (live, shadow) = ($$"""{"version":"{{version}}","mode":"live"}""", $$"""{"version":"{{version}}","mode":"shadow"}""");
        // What never acts is one person's own matter.
        Assert.Equal("shadow", (await ann.Put("/fraud/model", shadow)).Is(HttpStatusCode.OK)["mode"]);
        var asked = (await ann.Put("/fraud/model", live)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("shadow", "live", "admin"), (asked.GetProperty("mode").GetString(), asked.GetProperty("asked").GetProperty("mode").GetString(), asked.GetProperty("asked").GetProperty("by").GetString()));
        Assert.Equal("admin", (await ann.Put("/fraud/model", live)).IsProblem(409, "four_eyes")["actedBy"]);
        // Taken back, it is not asked for any more.
        Assert.Equal(JsonValueKind.Null, (await ann.Put("/fraud/model", shadow)).Is(HttpStatusCode.OK).Json.GetProperty("asked").ValueKind);
        Assert.Equal("shadow", (await bob.Put("/fraud/model", live)).Is(HttpStatusCode.OK)["mode"]);
        var now = (await ann.Put("/fraud/model", live)).Is(HttpStatusCode.OK);
        Assert.Equal(("live", "admin", JsonValueKind.Null), (now["mode"], now["by"], now.Json.GetProperty("asked").ValueKind));
        // To end what acts takes two, also by way of shadow.
        Assert.Equal("live", (await ann.Put("/fraud/model", shadow)).Is(HttpStatusCode.OK)["mode"]);
        Assert.Equal("none", (await ann.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.Accepted).Json.GetProperty("asked").GetProperty("mode").GetString());
        Assert.Equal("live", (await analyst.Get("/fraud/model")).Is(HttpStatusCode.OK)["mode"]);
        (await bob.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.NoContent);
        (await analyst.Get("/fraud/model")).IsProblem(404, "not_found");
    }

    private string Train() => PlainModel.Train(Path.Combine(data, "models"));

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
