using System.Runtime.Versioning;
using Gateway.Sandbox;
using Ledger.Sealing;
using Ledger.Sqlite;

namespace Silo.Tests.Commands;

/// <summary>Backups of a running and of a closed ledger, and what becomes of them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BackupTests(SandboxServer server) : IClassFixture<SandboxServer>, IDisposable
{
    private readonly string place = Directory.CreateTempSubdirectory("payments-backups-").FullName;

    private string Target => Path.Combine(place, "backup");

    private string Restored => Path.Combine(place, "restored");

    [Fact]
    public async Task A_backup_under_load_restores_to_a_server_that_knows_what_was_answered()
    {
        var before = await Executable.Run("pay", "3.21", "sandbox_0001", "sandbox_0002", "--idempotency-key", "before-backup", "--remittance", "kept", "--url", server.Url, "--json");
        await using var traffic = Executable.Start("traffic", "--rate", "50", "--seconds", "0", "--url", server.Url);
        await traffic.Line("settled");
        var backup = await Executable.Run("backup", Target, "--data", server.Data, "--url", server.Url, "--json");
        Assert.Equal(0, backup.ExitCode);
        Assert.InRange(backup.Json.GetProperty("lastPosition").GetInt64(), SandboxSeed.NumberedAccounts * 2, long.MaxValue);
        traffic.Signal(Executable.Interrupt);
        Assert.Equal(0, (await traffic.End()).ExitCode);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(server.Data, "backups")));

        var restore = await Executable.Run("restore", Target, "--data", Restored);
        Assert.Equal(0, restore.ExitCode);
        Assert.Contains("\nSound", restore.Output, StringComparison.Ordinal);
        await using var restored = Executable.Start("--urls", "http://127.0.0.1:0", "--data", Restored);
        await restored.Line("Payments is ready.");
        var url = (await restored.Line("  API ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var again = await Executable.Run("pay", "3.21", "sandbox_0001", "sandbox_0002", "--idempotency-key", "before-backup", "--remittance", "kept", "--url", url, "--json");
        Assert.Equal(before.Output, again.Output);
        restored.Signal(Executable.Terminate);
        Assert.Equal(0, (await restored.End()).ExitCode);
    }

    [Fact]
    public async Task Only_an_administrator_makes_a_backup()
    {
        var ended = await Executable.Run("backup", Target, "--data", server.Data, "--url", server.Url, "--key", "sk_sandbox_bank");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("may not do this", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task A_closed_ledger_is_backed_up_without_a_server()
    {
        await BackUpClosed();
        Assert.Equal(["backup.json", SqliteStore.FileName, MasterKey.FileName], Directory.EnumerateFiles(Target).Select(Path.GetFileName).Order());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Target));
        Assert.Equal(0, (await Executable.Run("restore", Target, "--data", Restored, "--json")).ExitCode);
    }

    [Fact]
    public async Task A_backup_never_goes_where_something_is()
    {
        Directory.CreateDirectory(Target);
        Assert.Equal(1, (await Executable.Run("backup", Target, "--data", server.Data, "--url", server.Url)).ExitCode);
    }

    [Fact]
    public async Task A_restore_never_overwrites()
    {
        await BackUpClosed();
        Directory.CreateDirectory(Restored);
        await File.WriteAllTextAsync(Path.Combine(Restored, "mine"), "");
        var ended = await Executable.Run("restore", Target, "--data", Restored);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("not empty", ended.Error, StringComparison.Ordinal);
        Assert.Equal("mine", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(Restored))));
    }

    [Theory]
    [InlineData(SqliteStore.FileName)]
    [InlineData(MasterKey.FileName)]
    public async Task A_changed_byte_of_a_backup_is_found_before_anything_is_restored(string name)
    {
        await BackUpClosed();
        var bytes = await File.ReadAllBytesAsync(Path.Combine(Target, name));
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(Target, name), bytes);
        var ended = await Executable.Run("restore", Target, "--data", Restored);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"'{name}' is not the file that was backed up", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Restored));
    }

    [Fact]
    public async Task An_unfinished_backup_is_none()
    {
        await BackUpClosed();
        File.Delete(Path.Combine(Target, BackupManifest.FileName));
        Assert.Equal(1, (await Executable.Run("restore", Target, "--data", Restored)).ExitCode);
    }

    public void Dispose() => Directory.Delete(place, recursive: true);

    private async Task BackUpClosed()
    {
        var data = Path.Combine(place, "data");
        Directory.CreateDirectory(data);
        MasterKey.Load(data, mayCreate: true).Dispose();
        new SqliteStore(Path.Combine(data, SqliteStore.FileName)).Dispose();
        Assert.Equal(0, (await Executable.Run("backup", Target, "--data", data)).ExitCode);
    }
}
