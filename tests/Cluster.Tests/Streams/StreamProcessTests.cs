using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using Gateway.Tests;
using Servers;
using Silo.Cluster.Streams;

namespace Cluster.Tests.Streams;

/// <summary>A silo, the sample and the command as processes.</summary>
public sealed class StreamProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // Of the envelope's data: what is sealed in the ledger, or names it.
    private static readonly string[] Personal = ["remittanceInfo", "endToEndId", "debtorName", "creditorName", "purpose", "location", "ipAddress", "deviceId", "metadata"];

    [Fact]
    public async Task The_analysts_sample_prints_what_was_declined_and_goes_on_after_both_were_killed()
    {
        var database = TestPostgres.NewDatabase();
        var data = Directory.CreateTempSubdirectory("payments-streams-");
        var token = Path.Combine(data.FullName, "token");
        await using var first = await Silo();
        using (var bank = new Api(first.Url, Keys.Bank, 8))
        {
            await using var analyst = await Subscriber();
            await Decline(bank, "first", "250000.00");
            await Decline(bank, "small", "150000.00");
            await Prints(analyst, "250000.00");
            await analyst.Kill();
            await Decline(bank, "second", "260000.00");
            await AreAsTheEnvelopesSay(first.Url, database);
        }

        await first.Kill();
        await using var second = await Silo();
        using var again = new Api(second.Url, Keys.Bank, 8);
        await using var back = await Subscriber();
        await Decline(again, "third", "270000.00");
        await Prints(back, "260000.00", "270000.00");
        await back.Kill();

        var (code, said) = await Command("streams", "--ledger", database);
        Assert.Equal(0, code);
        Assert.Contains("shard 0: relayed up to ", said, StringComparison.Ordinal);
        Assert.Equal((1, "There is no such dead letter.\n"), await Command("streams", "requeue", "0", "7", "--ledger", database));
        Assert.Equal(2, (await Command("streams", "requeue", "0", "--ledger", database)).Code);
        Assert.True(await second.Metric("stream_events_relayed_total") > 0);
        Assert.Equal(0, await second.Metric("stream_dead_letters_total"));
        data.Delete(recursive: true);

        Task<ClusterProcess> Silo() => Up(
            ClusterProcess.Launch(
                "--role", "All", "--ledger", database, "--data", data.CreateSubdirectory("silo").FullName, "--streams", "memory", "--silo-port", $"{ClusterProcess.FreePort()}", "--gateway-port", $"{ClusterProcess.FreePort()}"),
            static silo => silo.Ready());

        Task<ClusterProcess> Subscriber() => Up(
            ClusterProcess.LaunchOther(
                Executable("Subscriber"), new Dictionary<string, string>(), "--Payments:Ledger:ConnectionString", database, "--Payments:Cluster:Streams:Provider", "memory", "--Above", "200000", "--Token", token),
            static subscriber => subscriber.Says("subscribed\n"));
    }

    [Theory]
    [InlineData("eventhubs", "-p:EventHubs=true")]
    [InlineData("carrier-pigeon", "none, memory and eventhubs")]
    public async Task A_provider_that_the_build_does_not_have_is_refused_at_the_start(string provider, string says)
    {
        var data = Directory.CreateTempSubdirectory("payments-streams-");
        var (code, said) = await Command("--urls", "http://127.0.0.1:0", "--ledger", TestPostgres.NewDatabase(), "--data", data.FullName, "--streams", provider);
        Assert.Equal(2, code);
        Assert.Contains(says, said, StringComparison.Ordinal);
        data.Delete(recursive: true);
    }

    private static async Task Decline(Api bank, string key, string amount)
    {
        var body = SharedServer.Body("sandbox_0001", "sandbox_0002", amount, ""","remittanceInfo":"for the piano","debtorName":"Erika Mustermann","metadata":{"piano":"black"}""");
        Assert.Equal("rejected", (await bank.Post("/payments", body, key)).Is(HttpStatusCode.Created)["status"]);
    }

    // In whatever order: they may be of several streams. What was printed just before it was killed may come again.
    private static async Task Prints(ClusterProcess analyst, params string[] amounts)
    {
        foreach (var amount in amounts)
            await analyst.Says($" {amount} USD of sandbox_0001");
        var printed = analyst.Said.Split('\n').Where(static line => line.Contains(" USD of ", StringComparison.Ordinal));
        Assert.All(printed, static line => Assert.Contains("payment.rejected pay_", line, StringComparison.Ordinal));
        Assert.DoesNotContain("150000.00", analyst.Said, StringComparison.Ordinal);
    }

    private static async Task AreAsTheEnvelopesSay(Uri url, string database)
    {
        using var analyst = new Api(url, Keys.Analyst, 8);
        await using var client = await StreamClient.Start(database);
        var events = (await client.Cluster.GetGrain<IEventLogGrain>(0).After(0, 0)).ToDictionary(static one => one.Id);
        var envelopes = (await analyst.Get("/events?after=0&limit=100")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().ToList();
        envelopes.AddRange((await analyst.Get("/events?after=0&limit=100&type=payment.rejected")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray());
        Assert.Contains(envelopes, static envelope => envelope.GetRawText().Contains("Erika", StringComparison.Ordinal));
        foreach (var envelope in envelopes.Where(envelope => events.ContainsKey(envelope.GetProperty("id").GetString()!)))
        {
            var one = events[envelope.GetProperty("id").GetString()!];
            Assert.Equal((envelope.GetProperty("type").GetString(), envelope.GetProperty("subject").GetString(), envelope.GetProperty("position").GetString()), (one.Type, one.Subject, one.Position.ToString()));
            Assert.Equal(envelope.GetProperty("time").GetDateTimeOffset(), one.OccurredAt);
            var data = JsonNode.Parse(envelope.GetProperty("data").GetRawText())!.AsObject();
            foreach (var name in Personal)
                data.Remove(name);
            if (data.ContainsKey("name"))
                data["name"] = null;
            Assert.Equal(data.ToJsonString(), JsonNode.Parse(one.Data!)!.ToJsonString());
        }
    }

    private static async Task<(int Code, string Said)> Command(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [ClusterProcess.Assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        using var process = Process.Start(start)!;
        try
        {
            var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()).WaitAsync(Patience);
            await process.WaitForExitAsync().WaitAsync(Patience);
            return (process.ExitCode, string.Concat(said));
        }
        finally
        {
            // One that is gone is left alone.
            process.Kill();
        }
    }

    // One that does not come up does not stay.
    private static async Task<ClusterProcess> Up(ClusterProcess process, Func<ClusterProcess, Task> comesUp)
    {
        try
        {
            await comesUp(process);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static string Executable(string assembly) =>
        Path.GetFullPath(typeof(StreamProcessTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == assembly).Value!);
}
