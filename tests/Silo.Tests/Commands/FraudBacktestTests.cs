namespace Silo.Tests.Commands;

/// <summary>The backtest of a real ledger beside its server.</summary>
public sealed class FraudBacktestTests(SandboxServer server) : IClassFixture<SandboxServer>, IDisposable
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"payments-rules-{Guid.NewGuid():N}.json");

    [Fact]
    public async Task Recorded_payments_are_decided_again()
    {
        foreach (var amount in new[] { "2.00", "1.00" })
            Assert.Equal(0, (await Executable.Run("pay", amount, "123456789", "987654321", "--url", server.Url)).ExitCode);
        var unchanged = await Executable.Run("fraud", "backtest", "--data", server.Data, "--json");
        Assert.True(unchanged.ExitCode == 0, unchanged.Error);
        Assert.InRange(unchanged.Json.GetProperty("decisions").GetInt64(), 1, long.MaxValue);
        Assert.Equal(unchanged.Json.GetProperty("decisions").GetInt64(), unchanged.Json.GetProperty("equal").GetInt64());

        // Two payments in a minute are one too many.
        await File.WriteAllTextAsync(file, """{"rules":[{"name":"velocity_count","mode":"published","parameters":{"per_minute":1}}]}""");
        var plain = await Executable.Run("fraud", "backtest", "--data", server.Data, "--rules", file, "--from", "2020-01-01T00:00:00Z");
        Assert.True(plain.ExitCode == 0, plain.Error);
        Assert.Matches(@"approve → review: \d+ payments, 1.00 USD", plain.Output);
        Assert.Contains("velocity_count +50", plain.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await Executable.Run("fraud", "backtest", "--data", server.Data, "--from", "2026-01-02", "--to", "2026-01-01")).ExitCode);
        Assert.Equal(2, (await Executable.Run("fraud", "backtest", "--data", server.Data, "--rules", "nowhere.json")).ExitCode);
        await File.WriteAllTextAsync(file, """{"reviewAt":1,"rules":[{"name":"no_such_rule"}]}""");
        var refused = await Executable.Run("fraud", "backtest", "--data", server.Data, "--rules", file);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("rules[0].name must be one of", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(file);
}
