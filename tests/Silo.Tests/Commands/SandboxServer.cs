using System.Net;
using System.Net.Sockets;

namespace Silo.Tests.Commands;

/// <summary>A sandbox that serves from a directory of its own, for the commands that talk to one.</summary>
public sealed class SandboxServer : IAsyncLifetime
{
    private Executable? process;

    public string Data { get; } = Directory.CreateTempSubdirectory("payments-commands-").FullName;

    public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

    public async Task InitializeAsync() => await Start();

    public async Task Start()
    {
        process = Executable.Start("--urls", Url, "--data", Data);
        await process.Line("Payments is ready.");
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

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
