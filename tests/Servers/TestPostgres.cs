namespace Servers;

/// <summary>The one PostgreSQL server of a test process, started when the first test needs it, gone with the process.</summary>
public static class TestPostgres
{
    private static readonly Lazy<PostgresServer> Server = new(Start);

    public static PostgresServer Shared => Server.Value;

    /// <summary>A new, empty database's connection string.</summary>
    public static string NewDatabase() => Shared.NewDatabase();

    /// <summary>A server of one test's own, to be stopped and killed. Its directory goes with it.</summary>
    public static OwnServer StartOwn() => new();

    private static PostgresServer Start()
    {
        var own = StartOwn();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => own.Dispose();
        return own.Server;
    }
}

/// <summary>A server and its directory.</summary>
public sealed class OwnServer : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("postgres-tests-");

    public OwnServer()
    {
        var binaries = PostgresServer.FindBinaries() ?? throw new InvalidOperationException("PostgreSQL is not installed: ./test installs it (apt-get install postgresql).");
        Server = PostgresServer.Start(binaries, directory.CreateSubdirectory("server").FullName, ["shared_buffers=128MB"], CancellationToken.None).GetAwaiter().GetResult();
    }

    public PostgresServer Server { get; }

    public void Dispose()
    {
        Server.Dispose();
        directory.Delete(recursive: true);
    }
}
