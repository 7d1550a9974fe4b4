using System.Text.Json;

namespace Silo.Tests.Commands;

/// <summary>The commands that talk to a running server, against a real one.</summary>
public sealed class ServerCommandTests(SandboxServer server) : IClassFixture<SandboxServer>
{
    private static readonly string[] Kinds = ["settled", "rejected", "returned", "repeated"];

    [Fact]
    public async Task A_payment_is_made_once_a_key_and_its_journey_is_told()
    {
        string[] pay = ["pay", "12.34", "sandbox_0001", "sandbox_0002", "--remittance", "Invoice [7]", "--idempotency-key", $"key-{Guid.NewGuid():N}", "--url", server.Url];
        var first = await Executable.Run([.. pay, "--json"]);
        Assert.Equal(0, first.ExitCode);
        Assert.Equal("settled", first.Json.GetProperty("status").GetString());
        var id = first.Json.GetProperty("id").GetString()!;

        var again = await Executable.Run(pay);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("settled  12.34 USD from sandbox_0001 to sandbox_0002", again.Output, StringComparison.Ordinal);
        Assert.Contains(id, again.Output, StringComparison.Ordinal);
        Assert.Contains("first answer", again.Output, StringComparison.Ordinal);

        var journey = await Executable.Run("journey", id, "--url", server.Url);
        Assert.Equal(0, journey.ExitCode);
        Assert.Contains("“Invoice [7]”", journey.Output, StringComparison.Ordinal);
        Assert.Contains("−12.34 USD sandbox_0001", journey.Output, StringComparison.Ordinal);
        Assert.Contains("+12.34 USD sandbox_0002", journey.Output, StringComparison.Ordinal);
        Assert.Equal(id, (await Executable.Run("journey", id, "--url", server.Url, "--json")).Json.GetProperty("paymentId").GetString());
    }

    [Fact]
    public async Task A_rejected_payment_exits_1_with_its_reason()
    {
        var ended = await Executable.Run("pay", "900000.00", "sandbox_0003", "sandbox_0004", "--url", server.Url);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("rejected", ended.Output, StringComparison.Ordinal);
        Assert.Contains("AM04", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_decides_and_moves_nothing()
    {
        var ended = await Executable.Run("pay", "1.00", "sandbox_0003", "sandbox_0004", "--dry-run", "--url", server.Url);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("would be settled", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_field_exits_2_and_is_named()
    {
        var ended = await Executable.Run("pay", "1e2", "sandbox_0003", "sandbox_0004", "--url", server.Url);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("amount: ", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_payment_has_no_journey()
    {
        var ended = await Executable.Run("journey", "pay_00000000000000000000000000", "--url", server.Url);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("no such payment", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pay", "1.00", "sandbox_0003", "sandbox_0004")]
    [InlineData("watch")]
    [InlineData("traffic")]
    public async Task A_refused_key_is_told_apart_from_a_refused_payment(params string[] arguments)
    {
        var ended = await Executable.Run(new Dictionary<string, string?> { ["PAYMENTS_KEY"] = "sk_nobody" }, [.. arguments, "--url", server.Url]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("refuses the key", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_created_key_pays_only_for_its_tenant_and_ends_with_its_revocation()
    {
        var created = await Executable.Run("keys", "create", "--role", "bank", "--tenant", "north", "--label", "north-1", "--data", server.Data, "--json");
        Assert.Equal(0, created.ExitCode);
        var secret = created.Json.GetProperty("secret").GetString()!;

        Assert.Equal(2, (await Executable.Run("keys", "create", "--role", "bank", "--tenant", "north", "--label", "north-1", "--data", server.Data)).ExitCode);
        // A merchant's name must leave room for its balances' names: NAME:balance:eur.
        foreach (var name in (string[])["a_merchant_of_23_letter", "shop.example", "system"])
            Assert.Equal(2, (await Executable.Run("keys", "create", "--role", "merchant", "--tenant", name, "--data", server.Data)).ExitCode);
        var listed = await Executable.Run("keys", "list", "--data", server.Data, "--json");
        Assert.Contains(listed.Json.GetProperty("data").EnumerateArray(), static key => key.GetProperty("label").GetString() == "north-1");
        Assert.DoesNotContain(secret, listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await Executable.Run("keys", "list", "--data", server.Data)).Output, StringComparison.Ordinal);

        // Another bank's account is nobody's to debit, whoever asks.
        var foreign = await Executable.Run("pay", "1.00", "sandbox_0003", "sandbox_0004", "--url", server.Url, "--key", secret);
        Assert.Equal(2, foreign.ExitCode);
        Assert.Contains("debtorAccount", foreign.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await Executable.Run("keys", "revoke", "north-1", "--data", server.Data)).ExitCode);
        Assert.Equal(1, (await Executable.Run("keys", "revoke", "north-1", "--data", server.Data)).ExitCode);
        await Refused(secret);
    }

    [Fact]
    public async Task Watch_tells_the_events_in_order_and_ends_after_its_count()
    {
        var lines = await Executable.Run("watch", "--after", "0", "--count", "5", "--url", server.Url, "--json");
        Assert.Equal(0, lines.ExitCode);
        var positions = lines.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => long.Parse(JsonDocument.Parse(line).RootElement.GetProperty("position").GetString()!)).ToList();

        // The sandbox's accounts are opened side by side: the very first one may be another bank's, which this key does not see.
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "sk_sandbox_bank");
        var page = JsonDocument.Parse(await http.GetStringAsync($"{server.Url}/events?limit=5")).RootElement.GetProperty("data");
        Assert.Equal(page.EnumerateArray().Select(static line => long.Parse(line.GetProperty("position").GetString()!)), positions);
        Assert.Equal(5, positions.Count);
        Assert.Equal(positions.Order().Distinct(), positions);
    }

    [Fact]
    public async Task Watch_ends_cleanly_when_it_is_interrupted()
    {
        await using var watch = Executable.Start("watch", "--url", server.Url);
        await watch.Line("Connected");
        watch.Signal(Executable.Interrupt);
        Assert.Equal(0, (await watch.End()).ExitCode);
    }

    [Fact]
    public async Task Traffic_counts_what_the_server_recorded()
    {
        await using var watch = Executable.Start("watch", "--type", "payment.rejected", "--url", server.Url);
        await watch.Line("Connected");
        // How much a machine gets done in three seconds is its own affair: it goes on until each kind was met.
        var met = new HashSet<string>();
        for (var seed = 7; met.Count < Kinds.Length; seed++)
        {
            var traffic = await Executable.Run("traffic", "--rate", "100", "--seconds", "3", "--seed", $"{seed}", "--url", server.Url, "--json");
            Assert.Equal(0, traffic.ExitCode);
            var summary = traffic.Json;
            Assert.InRange(Count(summary, "sent"), 1, 300);
            Assert.Equal(0, Count(summary, "failed") + Count(summary, "wrongRepeats"));
            Assert.InRange(Count(summary.GetProperty("latencyMicroseconds"), "p50"), 1, Count(summary.GetProperty("latencyMicroseconds"), "max"));
            met.UnionWith(Kinds.Where(name => Count(summary, name) > 0));
            Assert.True(seed < 27, $"Twenty times three seconds of traffic had only {string.Join(", ", met)}.");
        }

        await watch.Line("payment.rejected");
    }

    [Fact]
    public async Task Traffic_ends_cleanly_when_it_is_interrupted()
    {
        await using var traffic = Executable.Start("traffic", "--rate", "20", "--seconds", "0", "--url", server.Url);
        await traffic.Line("settled");
        traffic.Signal(Executable.Interrupt);
        var ended = await traffic.End();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("requests in", ended.Output, StringComparison.Ordinal);
    }

    // The server may remember a key for a moment.
    private async Task Refused(string secret)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var ended = await Executable.Run("pay", "1.00", "sandbox_0003", "sandbox_0004", "--url", server.Url, "--key", secret);
            if (ended.Error.Contains("refuses the key", StringComparison.Ordinal))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        Assert.Fail("A revoked key still works.");
    }

    private static long Count(JsonElement summary, string name) => summary.GetProperty(name).GetInt64();
}
