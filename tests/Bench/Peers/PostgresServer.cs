using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Npgsql;

namespace Bench.Peers;

/// <summary>
/// A real PostgreSQL server of the bench's own: installed binaries, a fresh cluster on the same disk, fsync on, a direct child
/// that ends with this process. It refuses to run as root, so root runs it as the user <c>postgres</c>.
/// </summary>
internal sealed partial class PostgresServer : IDisposable
{
    private const string Root = "/usr/lib/postgresql";
    private const string User = "postgres";
    private const int FastShutdown = 2;
    private const int StopTimeoutMs = 10_000;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly Thread owner;
    private readonly string password;
    private readonly int port;

    private PostgresServer(Process process, Thread owner, int port, string password)
    {
        this.process = process;
        this.owner = owner;
        this.port = port;
        this.password = password;
    }

    public int ProcessId => process.Id;

    public string ConnectionString(int connections) =>
        $"Host=127.0.0.1;Port={port};Username={User};Password={password};Database=postgres;SSL Mode=Disable;GSS Encryption Mode=Disable;Minimum Pool Size={connections};Maximum Pool Size={connections};Timeout=30;No Reset On Close=true";

    /// <summary>The newest installed server's binaries; null where there are none.</summary>
    public static string? FindBinaries() => !Directory.Exists(Root)
        ? null
        : Directory.EnumerateDirectories(Root)
            .Where(static version => File.Exists(Path.Combine(version, "bin", "initdb")))
            .OrderByDescending(static version => double.Parse(Path.GetFileName(version)))
            .Select(static version => Path.Combine(version, "bin"))
            .FirstOrDefault();

    /// <exception cref="InvalidOperationException">The server does not start; the message has its log.</exception>
    public static async Task<PostgresServer> Start(string binaries, ScratchDirectory scratch, CancellationToken cancellationToken)
    {
        var home = scratch.New("postgres");
        if (Environment.UserName == "root")
        {
            // The scratch directory itself is the caller's; its parts need only be reachable.
            MakeReachable(scratch.Path);
            await Run("chown", [User, home], cancellationToken);
        }

        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var passwordFile = Path.Combine(home, "password");
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        var data = Path.Combine(home, "data");
        await Run([.. AsServerUser(), Path.Combine(binaries, "initdb"), "-D", data, "-U", User, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale=C", "--no-sync"], cancellationToken);
        var port = FreePort();
        string[] command =
        [
            .. AsServerUser(), Path.Combine(binaries, "postgres"), "-D", data, "-p", port.ToString(),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=250",
            "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB",
        ];
        var process = Make(command);
        // A signal at the parent's end is bound to the thread that started the child: this one lives as long as the child.
        using var started = new ManualResetEventSlim();
        var owner = new Thread(() =>
        {
            process.Start();
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            started.Set();
            process.WaitForExit();
        })
        { IsBackground = true, Name = "postgres" };
        var log = new List<string>();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (log)
                log.Add(line.Data ?? "");
        };
        owner.Start();
        started.Wait(cancellationToken);
        process.BeginErrorReadLine();
        var server = new PostgresServer(process, owner, port, password);
        try
        {
            await server.WaitUntilReady(cancellationToken);
        }
        catch
        {
            server.Dispose();
            lock (log)
                throw new InvalidOperationException($"PostgreSQL does not start: {string.Join('\n', log)}");
        }

        return server;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, FastShutdown);
            if (!owner.Join(StopTimeoutMs))
                process.Kill(entireProcessTree: true);
        }

        owner.Join();
        process.Dispose();
    }

    private async Task WaitUntilReady(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString(1));
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException) when (!process.HasExited && Stopwatch.GetElapsedTime(started) < StartTimeout)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    // setpriv (util-linux) becomes the command itself, so that the server is our direct child.
    private static string[] AsServerUser() => Environment.UserName == "root"
        ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", "--pdeathsig", "QUIT"]
        : [];

    private static void MakeReachable(string directory)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
    }

    private static Task Run(string program, string[] arguments, CancellationToken cancellationToken) => Run([program, .. arguments], cancellationToken);

    private static async Task Run(string[] command, CancellationToken cancellationToken)
    {
        using var process = Make(command);
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} ends with {process.ExitCode}: {await error}{await output}");
    }

    private static Process Make(string[] command) => new()
    {
        StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" },
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
