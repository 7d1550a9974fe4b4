using System.Net;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// A ledger's database, from a connection string as Npgsql reads it, and the rules that hold for it: in production the server's
/// certificate is verified whole (<c>SSL Mode=VerifyFull</c>) unless the connection never leaves the machine.
/// </summary>
public sealed class PostgresSettings
{
    /// <summary>Connections that read at once; beyond it, a read waits for one.</summary>
    private const int MaxReadConnections = 16;

    /// <summary>The longest wait for one of them, or for a new connection to the server, in seconds.</summary>
    private const int ConnectTimeoutSeconds = 15;

    /// <summary>How long a connection is idle before it is asked whether it is still there, where the connection string does not say, in seconds.</summary>
    private const int KeepAliveSeconds = 15;

    /// <summary>Beyond the server's own limits of a statement, so that the server's answer is heard and the outcome is known, in seconds.</summary>
    private const int CommandTimeoutSeconds = 45;

    /// <summary>A batch of some hundred payments leaves in one piece, and wakes the server once, in bytes.</summary>
    private const int WriteBufferBytes = 128 * 1024;

    private const string WriterSession =
        "set synchronous_commit = on; set statement_timeout = '30s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '3s'; set jit = off; " +
        // Arrays in, rows out, always by primary key: one plan, made once, that takes locks in the order of the arrays.
        "set plan_cache_mode = force_generic_plan; set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off; set enable_bitmapscan = off";

    private const string ReaderSession = "set statement_timeout = '10s'; set default_transaction_read_only = on; set jit = off";

    // Nothing of it need outlive the server: a commit of its own never waits for the disk.
    private const string NoticeSession = "set synchronous_commit = off; set statement_timeout = '5s'; set lock_timeout = '5s'";

    private const string RegistrySession = "set synchronous_commit = on; set statement_timeout = '10s'; set lock_timeout = '5s'";

    private readonly NpgsqlConnectionStringBuilder text;

    private PostgresSettings(NpgsqlConnectionStringBuilder text) => this.text = text;

    /// <summary>Where the ledger is, without a secret: for messages.</summary>
    public string Place => $"{text.Host}:{text.Port}/{text.Database}";

    /// <param name="connectionString"><c>Host=…;Username=…;Database=…</c>. Several hosts, separated by commas: the one that takes writes is used.</param>
    /// <param name="isProduction">Whether an unverified server on another machine is refused.</param>
    /// <exception cref="ArgumentException">It is no connection string, names no host, or is not safe enough for production.</exception>
    public static PostgresSettings Parse(string connectionString, bool isProduction)
    {
        var text = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "payments", IncludeErrorDetail = false };
        if (string.IsNullOrEmpty(text.Host))
            throw new ArgumentException("The ledger's connection string names no host: \"Host=…;Username=…;Database=…\".");
        if (string.IsNullOrEmpty(text.Database))
            throw new ArgumentException("The ledger's connection string names no database: \"Host=…;Username=…;Database=…\".");
        if (isProduction && text.SslMode != SslMode.VerifyFull && text.Host.Split(',').FirstOrDefault(static host => !IsOnThisMachine(host.Trim())) is { } host)
            throw new ArgumentException($"The ledger's server '{host}' is on another machine, and production verifies it: add SSL Mode=VerifyFull (and Root Certificate=… for a private authority) to the connection string.");
        text.Timeout = ConnectTimeoutSeconds;
        text.CommandTimeout = CommandTimeoutSeconds;
        text.NoResetOnClose = true;
        if (text.KeepAlive == 0)
            text.KeepAlive = KeepAliveSeconds;
        return new PostgresSettings(text);
    }

    /// <summary>One connection at a time, made anew when it is asked for.</summary>
    internal NpgsqlDataSource ForWriter() => Build(WriterSession, static text =>
    {
        text.Pooling = false;
        text.WriteBufferSize = WriteBufferBytes;
        // Beside another process every batch goes the long way, whose statements are always the same.
        text.MaxAutoPrepare = 64;
        text.AutoPrepareMinUsages = 2;
    });

    internal NpgsqlDataSource ForReaders() => Build(ReaderSession, static text =>
    {
        text.MaxPoolSize = MaxReadConnections;
        text.MaxAutoPrepare = 64;
        text.AutoPrepareMinUsages = 2;
    });

    /// <summary>To hear of commits, and to tell of them: a connection each, kept open.</summary>
    internal NpgsqlDataSource ForNotices() => Build(NoticeSession, static text => text.Pooling = false);

    internal NpgsqlDataSource ForRegistry() => Build(RegistrySession, static text => text.MaxPoolSize = 1);

    internal NpgsqlDataSource ForAudits() => Build("set default_transaction_read_only = on; set statement_timeout = '10min'; set jit = off", static text =>
    {
        text.Pooling = false;
        text.CommandTimeout = 0;
    });

    /// <summary>For migrations: no statement has a limit there.</summary>
    internal NpgsqlDataSource ForMigrations() => Build("set synchronous_commit = on", static text =>
    {
        text.Pooling = false;
        text.CommandTimeout = 0;
    });

    private NpgsqlDataSource Build(string session, Action<NpgsqlConnectionStringBuilder> change)
    {
        var own = new NpgsqlConnectionStringBuilder(text.ConnectionString);
        change(own);
        var builder = new NpgsqlDataSourceBuilder(own.ConnectionString);
#pragma warning disable NPG9001 // see LogEntries
        builder.AddTypeInfoResolverFactory(new LogEntriesResolvers());
#pragma warning restore NPG9001
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(session, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(session, connection);
                await command.ExecuteNonQueryAsync();
            });
        return text.Host!.Contains(',') ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary) : builder.Build();
    }

    // A directory is a socket of this machine, and so is an abstract one.
    private static bool IsOnThisMachine(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
