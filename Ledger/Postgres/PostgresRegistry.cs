using Npgsql;
using Polly;

namespace Ledger.Postgres;

/// <summary>Tenants, API keys, settings and models in the ledger's database, the same for every process on it.</summary>
public sealed partial class PostgresRegistry : IRegistry, IModelShelf, IDisposable
{
    private const int Tries = 2;

    private const string SelectKeys =
        "select k.label, k.tenant, t.name, k.role, k.created_at, k.revoked_at from api_key k join tenant t on t.number = k.tenant ";

    private readonly NpgsqlDataSource source;
    private readonly ResiliencePipeline patience;
    private readonly Lock gate = new();

    /// <param name="settings">A ledger's database that a <see cref="PostgresStore"/> has brought to this release's schema.</param>
    /// <param name="timeProvider">Measures the pauses between two tries to connect.</param>
    public PostgresRegistry(PostgresSettings settings, TimeProvider timeProvider)
    {
        source = settings.ForRegistry();
        patience = PostgresFailure.Patience(Tries, timeProvider);
    }

    public ApiKey? FindKey(byte[] hash) => Rows(SelectKeys + "where k.hash = $1 and k.revoked_at is null", ReadKey, hash).FirstOrDefault();

    public IReadOnlyList<ApiKey> ListKeys() => Rows(SelectKeys + "order by k.created_at, k.label", ReadKey);

    public void AddKey(ApiKey key, byte[] hash) => Rows(
        "insert into api_key (hash, label, tenant, role, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing returning 1", Number, hash, key.Label, key.Tenant, (short)key.Role, key.CreatedAtMs);

    public bool RevokeKey(string label, long atMs) =>
        Rows("update api_key set revoked_at = $2 where label = $1 and revoked_at is null returning 1", Number, label, atMs).Count > 0;

    public long AddTenant(string name)
    {
        if (FindTenant(name) is { } known)
            return known;
        Rows("insert into tenant (name) values ($1) on conflict do nothing returning 1", Number, name);
        return FindTenant(name)!.Value;
    }

    public long? FindTenant(string name) => Rows("select number from tenant where name = $1", Long, name) is [var number] ? number : null;

    public string? ReadSetting(string name) => Rows("select value from setting where name = $1", Text, name).FirstOrDefault();

    public void WriteSetting(string name, string value) =>
        Rows("insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value returning 1", Number, name, value);

    public string ReadOrAddSetting(string name, string value)
    {
        Rows("insert into setting (name, value) values ($1, $2) on conflict do nothing returning 1", Number, name, value);
        return ReadSetting(name)!;
    }

    public long AddToSetting(string name, long by) => Rows(
        "insert into setting as s (name, value) values ($1, $2::bigint::text) on conflict (name) do update set value = (s.value::bigint + $2)::text returning value::bigint", Long, name, by)[0];

    public void Dispose() => source.Dispose();

    private static int Number(NpgsqlDataReader row) => row.GetInt32(0);

    private static long Long(NpgsqlDataReader row) => row.GetInt64(0);

    private static string Text(NpgsqlDataReader row) => row.GetString(0);

    private static ApiKey ReadKey(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetString(2), (ApiKeyRole)row.GetInt16(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetInt64(5));

    // Connecting is tried again; a statement is not, for it may have been done. One at a time: callers that block on the pool for a
    // connection need a free thread to be handed one, and many of them leave none.
    private List<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        lock (gate)
            return RowsAlone(sql, read, values);
    }

    private List<T> RowsAlone<T>(string sql, Func<NpgsqlDataReader, T> read, object[] values)
    {
        try
        {
            using var connection = patience.Execute(static source => source.OpenConnection(), source);
            using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(read(reader));
            return rows;
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }
}
