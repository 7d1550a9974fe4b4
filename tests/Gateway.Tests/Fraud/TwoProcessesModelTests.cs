using System.Net;
using System.Text.Json;
using Gateway.Tests.Transfers;

namespace Gateway.Tests.Fraud;

/// <summary>Two processes on one ledger, a directory each: a model that is put in force through one of them judges payments of the other.</summary>
public sealed class TwoProcessesModelTests(TwoShards two) : IClassFixture<TwoShards>
{
    [Fact]
    public async Task A_model_in_force_here_judges_there_and_where_a_process_begins_later()
    {
        var version = PlainModel.Train(Path.Combine(two.Server.DataDirectory, "models"));
        await using var another = await two.StartAnother();
        using var here = two.Server.Api(Keys.Administrator);
        using var there = another.Api(Keys.Administrator);
        using var bank = another.Api();
        var (payer, creditor) = (await two.Account(0, "5000000.00"), await two.Account(0));
        // It lies in the other one's directory, and so it cannot be chosen here.
        (await there.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).IsProblem(422, "invalid_fields");
        (await here.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).Is(HttpStatusCode.OK);
        await Until(async () => (await Pay(bank, payer, creditor))["status"] != "settled", "The other process never used the model.");
        Assert.Equal((version, "live"), ((await there.Get("/fraud/model"))["version"], (await there.Get("/fraud/model"))["mode"]));
        Assert.Contains(version, (await there.Get("/fraud/models")).Text, StringComparison.Ordinal);

        await using (var late = await two.StartAnother())
        {
            using var first = late.Api();
            var stopped = await Pay(first, payer, creditor);
            Assert.NotEqual("settled", stopped["status"]);
            Assert.Equal(version, (await there.Get("/fraud/decisions/" + stopped["id"])).Is(HttpStatusCode.OK).Json.GetProperty("model").GetProperty("version").GetString());
        }

        (await there.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.NoContent);
        using var again = two.Server.Api();
        await Until(async () => (await Pay(again, payer, creditor))["status"] == "settled", "The first process never let go of the model.");
    }

    [Fact]
    public async Task One_that_cannot_be_read_stops_no_start_and_is_taken_away_there()
    {
        var version = PlainModel.Train(Path.Combine(two.Server.DataDirectory, "models"));
        using (var here = two.Server.Api(Keys.Administrator))
            (await here.Put("/fraud/model", $$"""{"version":"{{version}}","mode":"live"}""")).Is(HttpStatusCode.OK);
        two.Execute(0, $"update fraud_model set file = 'damaged' where version = '{version}'");
        await using (var late = await two.StartAnother())
        {
            using var administrator = late.Api(Keys.Administrator);
            using var bank = late.Api();
            (await administrator.Get("/fraud/model")).IsProblem(404, "not_found");
            // Rules alone decide.
            var paid = await Pay(bank, await two.Account(0, "5000000.00"), await two.Account(0));
            Assert.Equal("settled", paid["status"]);
            Assert.Equal(JsonValueKind.Null, (await administrator.Get("/fraud/decisions/" + paid["id"])).Is(HttpStatusCode.OK).Json.GetProperty("model").ValueKind);
            (await administrator.Send(HttpMethod.Delete, "/fraud/model")).Is(HttpStatusCode.NoContent);
        }

        two.Execute(0, $"delete from fraud_model where version = '{version}'");
    }

    private async Task<Answer> Pay(Api api, string payer, string creditor) => (await api.Post("/payments", SharedServer.Body(payer, creditor, "9000.00"), two.Key())).Is(HttpStatusCode.Created);

    private async Task Until(Func<Task<bool>> reached, string missing)
    {
        var deadline = TimeProvider.System.GetTimestamp() + (20 * TimeProvider.System.TimestampFrequency);
        while (!await reached())
        {
            Assert.True(TimeProvider.System.GetTimestamp() < deadline, missing);
            await Task.Delay(200);
        }
    }
}
