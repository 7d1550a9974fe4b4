namespace Servers;

/// <summary>The one PostgreSQL server of a test process, started when the first test needs it, gone with the process.</summary>
public static class TestPostgres
{
    private static readonly Lazy<PostgresServer> Server = new(Start);

    public static PostgresServer Shared => Server.Value;

    /// <summary>A new database's connection string: an empty one's, or that of a copy of one that nobody is connected to.</summary>
    public static string NewDatabase(string? template = null) => Shared.NewDatabase(template);

    /// <summary>A server of one test's own, to be stopped and killed. Its directory goes with it.</summary>
    public static OwnServer StartOwn() => new();

    // Nobody kills it, so that what it has need not be on the disk.
    private static PostgresServer Start()
    {
        var own = new OwnServer(static _ => ["fsync=off", "full_page_writes=off"]);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => own.Dispose();
        return own.Server;
    }
}

/// <summary>A server and its directory.</summary>
public sealed class OwnServer : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("postgres-tests-");

    /// <param name="prepare">Puts what it needs into the server's directory, and names further settings.</param>
    public OwnServer(Func<string, string[]>? prepare = null)
    {
        var binaries = PostgresServer.FindBinaries() ?? throw new InvalidOperationException("PostgreSQL is not installed: ./test installs it (apt-get install postgresql).");
        var home = directory.CreateSubdirectory("server").FullName;
        Server = PostgresServer.Start(binaries, home, ["shared_buffers=128MB", .. prepare?.Invoke(home) ?? []], CancellationToken.None).GetAwaiter().GetResult();
    }

    public PostgresServer Server { get; }

    public void Dispose()
    {
        Server.Dispose();
        directory.Delete(recursive: true);
    }
}
