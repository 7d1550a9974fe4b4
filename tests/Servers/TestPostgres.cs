using System.Diagnostics;

namespace Servers;

/// <summary>The one PostgreSQL server of a test process, started when the first test needs it, gone with the process.</summary>
public static class TestPostgres
{
    // Nobody kills it, so that what it has need not be on the disk. It ends with this process, and its directory after it.
    private static readonly Lazy<OwnServer> Own = new(static () => new OwnServer(static _ => ["fsync=off", "full_page_writes=off"]));

    public static PostgresServer Shared => Own.Value.Server;

    /// <summary>A new database's connection string: an empty one's, or that of a copy of one that nobody is connected to.</summary>
    public static string NewDatabase(string? template = null) => Shared.NewDatabase(template);

    /// <summary>A server of one test's own, to be stopped and killed. Its directory goes with it.</summary>
    public static OwnServer StartOwn() => new();
}

/// <summary>A server and its directory, which goes with it, or with this process.</summary>
public sealed class OwnServer : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("postgres-tests-");
    private readonly Process remover;

    /// <param name="prepare">Puts what it needs into the server's directory, and names further settings.</param>
    public OwnServer(Func<string, string[]>? prepare = null)
    {
        remover = StartRemover();
        var binaries = PostgresServer.FindBinaries() ?? throw new InvalidOperationException("PostgreSQL is not installed: ./test installs it (apt-get install postgresql).");
        var home = directory.CreateSubdirectory("server").FullName;
        Server = PostgresServer.Start(binaries, home, ["shared_buffers=128MB", .. prepare?.Invoke(home) ?? []], CancellationToken.None).GetAwaiter().GetResult();
    }

    public PostgresServer Server { get; }

    public void Dispose()
    {
        Server.Dispose();
        remover.StandardInput.Close();
        remover.WaitForExit();
        remover.Dispose();
    }

    // A test process may be killed, and is where it does not end at once: a shell outlives it, and hears of its end by its input's.
    private Process StartRemover()
    {
        const string Remove = "trap '' INT TERM HUP; read -r _; until rm -rf \"$0\" 2>/dev/null; do sleep 0.1; done";
        return Process.Start(new ProcessStartInfo("sh", ["-c", Remove, directory.FullName]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
