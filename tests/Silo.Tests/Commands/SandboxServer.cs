using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Silo.Tests.Commands;

/// <summary>
/// A sandbox that serves from a directory of its own, for the commands that talk to one: ready, so that each of its accounts is opened
/// and all but one are funded.
/// </summary>
public sealed class SandboxServer : IAsyncLifetime
{
    private Executable? process;

    public string Data { get; } = Directory.CreateTempSubdirectory("payments-commands-").FullName;

    public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

    /// <summary>Options beside the address and the directory.</summary>
    public string[] More { get; init; } = [];

    public async Task InitializeAsync() => await Start();

    public async Task Start()
    {
        process = Executable.Start(["--urls", Url, "--data", Data, .. More]);
        await process.Line("Payments is ready.");
        await UntilReady();
    }

    /// <summary>The command that it prints for a newcomer to paste.</summary>
    public async Task<string> FirstCommand()
    {
        await process!.Line("Your first payment:");
        return $"{(await process.Line("curl -s ")).TrimEnd()}\n{await process.Line("Content-Type: application/json")}";
    }

    /// <summary>Ends it as an operator does.</summary>
    public async Task Stop()
    {
        process!.Signal(Executable.Terminate);
        Assert.Equal(0, (await process.End()).ExitCode);
        await process.DisposeAsync();
        process = null;
    }

    public async Task DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>It answers before its sandbox is made: only what its readiness says can be counted on.</summary>
    private async Task UntilReady()
    {
        using var http = new HttpClient();
        var started = Stopwatch.GetTimestamp();
        var missing = "";
        while (Stopwatch.GetElapsedTime(started) < Executable.Patience)
        {
            using var answer = await http.GetAsync(new Uri($"{Url}/health/ready"));
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
            missing = await answer.Content.ReadAsStringAsync();
            await Task.Delay(20);
        }

        Assert.Fail($"The sandbox is not ready: {missing} {process}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
