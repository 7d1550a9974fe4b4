using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Npgsql;

namespace Servers;

/// <summary>
/// A real PostgreSQL server of the caller's own: installed binaries, a fresh cluster, fsync on, a direct child that ends with this
/// process. It refuses to run as root, so root runs it as the user <c>postgres</c>.
/// </summary>
public sealed partial class PostgresServer : IDisposable
{
    /// <summary>Names the directory of <c>initdb</c> and <c>postgres</c>, where it is not the newest installed one's.</summary>
    private const string BinariesVariable = "PAYMENTS_TEST_POSTGRES";
    private const string Root = "/usr/lib/postgresql";
    private const string User = "postgres";
    private const int FastShutdown = 2;
    private const int StopTimeoutMs = 10_000;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly string[] command;
    private readonly string password;
    private readonly List<string> log = [];
    private Process? process;
    private Thread? owner;
    private int databases;

    private PostgresServer(string[] command, int port, string password)
    {
        this.command = command;
        Port = port;
        this.password = password;
    }

    public int Port { get; }

    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>For <paramref name="connections"/> clients that each keep their connection.</summary>
    public string ConnectionString(int connections) =>
        $"{ConnectionString("postgres")};Minimum Pool Size={connections};Maximum Pool Size={connections};Timeout=30;No Reset On Close=true";

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username={User};Password={password};Database={database};SSL Mode=Disable;GSS Encryption Mode=Disable";

    /// <summary>A new database's connection string: an empty one's, or that of a copy of one that nobody is connected to.</summary>
    /// <param name="template">The connection string of the database to copy.</param>
    public string NewDatabase(string? template = null)
    {
        var name = $"ledger_{Interlocked.Increment(ref databases)}";
        Execute(template is null ? $"create database {name}" : $"create database {name} template {new NpgsqlConnectionStringBuilder(template).Database}");
        return ConnectionString(name);
    }

    /// <summary>Drops a database, whoever is connected to it.</summary>
    public void Drop(string database) => Execute($"drop database {new NpgsqlConnectionStringBuilder(database).Database} with (force)");

    /// <summary>The binaries that the environment names, or the newest installed server's; null where there are none.</summary>
    public static string? FindBinaries() => Environment.GetEnvironmentVariable(BinariesVariable) is { Length: > 0 } named ? named
        : !Directory.Exists(Root) ? null
        : Directory.EnumerateDirectories(Root)
            .Where(static version => File.Exists(Path.Combine(version, "bin", "initdb")))
            .OrderByDescending(static version => double.Parse(Path.GetFileName(version)))
            .Select(static version => Path.Combine(version, "bin"))
            .FirstOrDefault();

    /// <param name="binaries">The directory of <c>initdb</c> and <c>postgres</c>.</param>
    /// <param name="home">A directory of the server's own, with no more in it than what its settings name.</param>
    /// <param name="settings">Settings of the server, as <c>name=value</c>.</param>
    /// <exception cref="InvalidOperationException">The server does not start; the message has its log.</exception>
    public static async Task<PostgresServer> Start(string binaries, string home, string[] settings, CancellationToken cancellationToken)
    {
        if (Environment.UserName == "root")
        {
            // The directory above is the caller's; it need only be passed through.
            MakeReachable(Path.GetDirectoryName(home)!);
            await Run(["chown", "-R", User, home], cancellationToken);
        }

        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var passwordFile = Path.Combine(home, "password");
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        var data = Path.Combine(home, "data");
        await Run([.. AsServerUser([]), Path.Combine(binaries, "initdb"), "-D", data, "-U", User, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--locale=C", "--no-sync"], cancellationToken);
        var port = FreePort();
        string[] command =
        [
            .. AsServerUser(["--pdeathsig", "QUIT"]), Path.Combine(binaries, "postgres"), "-D", data, "-p", port.ToString(),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=250", "-c", "fsync=on", "-c", "synchronous_commit=on",
            .. settings.SelectMany(static setting => new[] { "-c", setting }),
        ];
        var server = new PostgresServer(command, port, password);
        await server.Restart(cancellationToken);
        return server;
    }

    /// <summary>Starts the server again on its cluster and port, after <see cref="Kill"/> or <see cref="Stop"/>.</summary>
    public async Task Restart(CancellationToken cancellationToken)
    {
        StartProcess(cancellationToken);
        try
        {
            await WaitUntilReady(cancellationToken);
        }
        catch (NpgsqlException)
        {
            Stop();
            lock (log)
                throw new InvalidOperationException($"PostgreSQL does not start: {string.Join('\n', log)}");
        }
    }

    /// <summary>SIGKILL to the server and all its backends at once.</summary>
    public void Kill()
    {
        if (process is null)
            return;
        process.Kill(entireProcessTree: true);
        Forget();
    }

    /// <summary>Ends the server in good order: connections are cut, what is committed is written.</summary>
    public void Stop()
    {
        if (process is null)
            return;
        if (!process.HasExited)
        {
            _ = Signal(process.Id, FastShutdown);
            if (!owner!.Join(StopTimeoutMs))
                process.Kill(entireProcessTree: true);
        }

        Forget();
    }

    public void Dispose() => Stop();

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private void Forget()
    {
        owner!.Join();
        process!.Dispose();
        process = null;
    }

    private void StartProcess(CancellationToken cancellationToken)
    {
        var next = Make(command);
        next.ErrorDataReceived += (_, line) =>
        {
            lock (log)
                log.Add(line.Data ?? "");
        };
        // A signal at the parent's end is bound to the thread that started the child: this one lives as long as the child.
        using var started = new ManualResetEventSlim();
        owner = new Thread(() =>
        {
            next.Start();
            _ = next.StandardOutput.ReadToEndAsync(CancellationToken.None);
            started.Set();
            next.WaitForExit();
        })
        { IsBackground = true, Name = "postgres" };
        owner.Start();
        started.Wait(cancellationToken);
        next.BeginErrorReadLine();
        process = next;
    }

    private async Task WaitUntilReady(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres") + ";Pooling=false");
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException) when (!process!.HasExited && Stopwatch.GetElapsedTime(started) < StartTimeout)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    // setpriv (util-linux) becomes the command itself, so that the server is our direct child.
    private static string[] AsServerUser(string[] more) => Environment.UserName == "root"
        ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", .. more]
        : [];

    private static void MakeReachable(string directory)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
    }

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
    private static partial int Signal(int processId, int signal);
}
