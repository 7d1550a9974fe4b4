using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using Ledger.Sealing;
using Ledger.Sqlite;

namespace Silo.Tests.Commands;

/// <summary>The doctor finds what would keep a ledger from being safe, and changes nothing.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DoctorTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("payments-doctor-").FullName;

    [Fact]
    public async Task A_fresh_directory_is_healthy_and_stays_empty()
    {
        var (ended, _) = await Examine();
        Assert.Equal(0, ended.ExitCode);
        Assert.True(ended.Json.GetProperty("healthy").GetBoolean());
        Assert.Empty(Directory.EnumerateFileSystemEntries(data));
    }

    [Fact]
    public async Task A_ledger_of_this_release_is_healthy()
    {
        MakeLedger();
        var (ended, checks) = await Examine();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal("good", checks["schema"]);
        Assert.Equal("good", checks["key file"]);
    }

    [Fact]
    public async Task A_key_file_that_others_can_read_is_found()
    {
        MakeLedger();
        File.SetUnixFileMode(Path.Combine(data, MasterKey.FileName), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var (ended, checks) = await Examine();
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("wrong", checks["key file"]);
    }

    [Fact]
    public async Task A_missing_key_file_is_found()
    {
        MakeLedger();
        File.Delete(Path.Combine(data, MasterKey.FileName));
        Assert.Equal("wrong", (await Examine()).Checks["key file"]);
    }

    [Fact]
    public async Task A_file_that_is_no_ledger_is_found_and_left_alone()
    {
        var path = Path.Combine(data, SqliteStore.FileName);
        var bytes = RandomNumberGenerator.GetBytes(8_192);
        await File.WriteAllBytesAsync(path, bytes);
        var (ended, checks) = await Examine();
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("wrong", checks["schema"]);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_found()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (ended, checks) = await Examine($"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");
        Assert.Equal(1, ended.ExitCode);
        Assert.Equal("wrong", checks["port"]);
    }

    public void Dispose() => Directory.Delete(data, recursive: true);

    private void MakeLedger()
    {
        MasterKey.Load(data, mayCreate: true).Dispose();
        new SqliteStore(Path.Combine(data, SqliteStore.FileName)).Dispose();
    }

    private async Task<(Ended Ended, Dictionary<string, string> Checks)> Examine(string? url = null)
    {
        var ended = await Executable.Run("doctor", "--json", "--data", data, "--urls", url ?? $"http://127.0.0.1:{SandboxServer.FreePort()}");
        return (ended, ended.Json.GetProperty("checks").EnumerateArray().ToDictionary(
            static check => check.GetProperty("check").GetString()!, static check => check.GetProperty("state").GetString()!));
    }
}
