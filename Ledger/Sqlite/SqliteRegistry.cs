namespace Ledger.Sqlite;

/// <summary>Tenants, API keys, settings and models, over a connection of its own; a write waits for the writer's transaction to end.</summary>
public sealed partial class SqliteRegistry : IRegistry, IModelShelf, IDisposable
{
    private readonly Lock gate = new();
    private readonly SqliteDatabase database;

    /// <param name="path">A ledger's file that a <see cref="SqliteStore"/> has brought to this release's schema.</param>
    public SqliteRegistry(string path) => database = new SqliteDatabase(path, SqliteAccess.Write);

    public ApiKey? FindKey(byte[] hash)
    {
        lock (gate)
        {
            var select = database.Statement("SELECT k.label, k.tenant, t.name, k.role, k.created_at, k.revoked_at FROM api_key k JOIN tenant t ON t.number = k.tenant WHERE k.hash = ? AND k.revoked_at IS NULL").Bind(1, hash);
            var key = select.Step() ? Read(select) : null;
            select.Reset();
            return key;
        }
    }

    public IReadOnlyList<ApiKey> ListKeys()
    {
        lock (gate)
        {
            var select = database.Statement("SELECT k.label, k.tenant, t.name, k.role, k.created_at, k.revoked_at FROM api_key k JOIN tenant t ON t.number = k.tenant ORDER BY k.created_at, k.label");
            var keys = new List<ApiKey>();
            while (select.Step())
                keys.Add(Read(select));
            return keys;
        }
    }

    public void AddKey(ApiKey key, byte[] hash)
    {
        lock (gate)
            database.Statement("INSERT OR IGNORE INTO api_key (hash, label, tenant, role, created_at) VALUES (?,?,?,?,?)")
                .Bind(1, hash).Bind(2, key.Label).Bind(3, key.Tenant).Bind(4, (long)key.Role).Bind(5, key.CreatedAtMs).Run();
    }

    public bool RevokeKey(string label, long atMs)
    {
        lock (gate)
        {
            var update = database.Statement("UPDATE api_key SET revoked_at = ? WHERE label = ? AND revoked_at IS NULL RETURNING label").Bind(1, atMs).Bind(2, label);
            var revoked = update.Step();
            while (revoked && update.Step())
            {
            }

            return revoked;
        }
    }

    public long AddTenant(string name)
    {
        lock (gate)
        {
            database.Statement("INSERT OR IGNORE INTO tenant (name) VALUES (?)").Bind(1, name).Run();
            return FindTenant(name)!.Value;
        }
    }

    public long? FindTenant(string name)
    {
        lock (gate)
        {
            var select = database.Statement("SELECT number FROM tenant WHERE name = ?").Bind(1, name);
            long? number = select.Step() ? select.Int64(0) : null;
            select.Reset();
            return number;
        }
    }

    public string? ReadSetting(string name)
    {
        lock (gate)
        {
            var select = database.Statement("SELECT value FROM setting WHERE name = ?").Bind(1, name);
            var value = select.Step() ? select.Text(0) : null;
            select.Reset();
            return value;
        }
    }

    public void WriteSetting(string name, string value)
    {
        lock (gate)
            database.Statement("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2").Bind(1, name).Bind(2, value).Run();
    }

    public string ReadOrAddSetting(string name, string value)
    {
        lock (gate)
        {
            database.Statement("INSERT OR IGNORE INTO setting (name, value) VALUES (?1, ?2)").Bind(1, name).Bind(2, value).Run();
            return ReadSetting(name)!;
        }
    }

    public long AddToSetting(string name, long by)
    {
        lock (gate)
        {
            database.Statement("INSERT INTO setting (name, value) VALUES (?1, CAST(?2 AS TEXT)) ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + ?2 AS TEXT)").Bind(1, name).Bind(2, by).Run();
            return long.Parse(ReadSetting(name)!);
        }
    }

    public void Dispose()
    {
        lock (gate)
            database.Dispose();
    }

    private static ApiKey Read(PreparedStatement select) =>
        new(select.Text(0), select.Int64(1), select.Text(2), (ApiKeyRole)select.Int64(3), select.Int64(4), select.NullableInt64(5));
}
