using Gateway.Sandbox;
using Ledger.Sqlite;
using SQLitePCL;

namespace Silo.Tests.Commands;

/// <summary>The audit of a real ledger: beside its server, closed, and damaged.</summary>
public sealed class AuditTests(SandboxServer server) : IClassFixture<SandboxServer>, IDisposable
{
    private const long SeedRows = (2 * SandboxSeed.NumberedAccounts) + 5;

    private readonly string copy = Path.Combine(Path.GetTempPath(), $"payments-audit-{Guid.NewGuid():N}");

    [Fact]
    public async Task A_sound_ledger_is_sound_beside_its_server()
    {
        var audit = await Executable.Run("audit", "verify", "--data", server.Data, "--json");
        Assert.Equal(0, audit.ExitCode);
        Assert.True(audit.Json.GetProperty("isSound").GetBoolean());
        Assert.InRange(audit.Json.GetProperty("rows").GetInt64(), SeedRows, long.MaxValue);
    }

    [Fact]
    public async Task A_closed_ledger_is_sound_until_a_field_is_changed_and_then_the_event_and_the_field_are_named()
    {
        Assert.Equal(0, (await Executable.Run("backup", copy, "--data", server.Data, "--url", server.Url)).ExitCode);
        var sound = await Executable.Run("audit", "verify", "--data", copy);
        Assert.Equal(0, sound.ExitCode);
        Assert.StartsWith("Sound", sound.Output, StringComparison.Ordinal);

        Tamper("UPDATE log SET amount = amount | 1 << 20 WHERE position = 1500");
        var audit = await Executable.Run("audit", "verify", "--data", copy, "--json");
        Assert.Equal(1, audit.ExitCode);
        Assert.False(audit.Json.GetProperty("isSound").GetBoolean());
        Assert.Contains(audit.Json.GetProperty("findings").EnumerateArray(), static finding =>
            finding.GetProperty("eventId").GetString()!.StartsWith("evt_", StringComparison.Ordinal)
            && finding.GetProperty("position").GetInt64() == 1_500
            && finding.GetProperty("field").GetString() == "amount");
        var plain = await Executable.Run("audit", "verify", "--data", copy);
        Assert.Equal(1, plain.ExitCode);
        Assert.Matches("evt_[0-9a-z]+ at 1,500  amount: ", plain.Output);
    }

    public void Dispose()
    {
        if (Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
    }

    private void Tamper(string sql)
    {
        Batteries_V2.Init();
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(Path.Combine(copy, SqliteStore.FileName), out var database));
        using (database)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, sql));
            Assert.Equal(1, raw.sqlite3_changes(database));
        }
    }
}
