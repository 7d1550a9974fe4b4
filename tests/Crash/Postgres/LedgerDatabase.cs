using Ledger.EventLog;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Crash.Postgres;

/// <summary>A ledger on a PostgreSQL server of one test's own, and how the product is started on it.</summary>
internal sealed class LedgerDatabase : IDisposable
{
    private readonly OwnServer own = TestPostgres.StartOwn();
    private readonly string connection;

    public LedgerDatabase() => connection = own.Server.NewDatabase();

    public PostgresServer Server => own.Server;

    /// <param name="port">Of a proxy in front of the server; null for the server's own.</param>
    public ProductOptions Product(DataDirectory data, int? port = null) => new()
    {
        Data = data.Path,
        Environment = { ["Payments__Ledger__ConnectionString"] = new NpgsqlConnectionStringBuilder(connection) { Port = port ?? Server.Port }.ConnectionString },
    };

    public AuditReport Audit() => PostgresAudit.Verify(PostgresSettings.Parse(connection, isProduction: false), progress: null, CancellationToken.None);

    public List<long> Numbers(string sql)
    {
        using var open = new NpgsqlConnection(connection + ";Pooling=false");
        open.Open();
        using var command = new NpgsqlCommand(sql, open);
        using var reader = command.ExecuteReader();
        var numbers = new List<long>();
        while (reader.Read())
            numbers.Add(reader.GetInt64(0));
        return numbers;
    }

    public long Number(string sql) => Assert.Single(Numbers(sql));

    public void Dispose() => own.Dispose();
}
