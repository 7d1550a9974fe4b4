using SQLitePCL;

namespace Ledger.Sqlite;

/// <summary>What a connection is for.</summary>
internal enum SqliteAccess : byte
{
    Write = 1,
    Read = 2,

    /// <summary>Reads a file that may be damaged, and leaves it and its log as they are.</summary>
    Audit = 3,
}

/// <summary>One connection to the ledger's file, in WAL mode with <c>synchronous=FULL</c>: a commit returns once it is on disk.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyTimeoutMs = 5_000;

    private readonly Dictionary<string, PreparedStatement> statements = new(SqlTexts.Comparer);

    static SqliteDatabase() => Batteries_V2.Init();

    public SqliteDatabase(string path, SqliteAccess access)
    {
        var create = access == SqliteAccess.Audit ? 0 : raw.SQLITE_OPEN_CREATE;
        var result = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | create | raw.SQLITE_OPEN_NOMUTEX, null);
        Handle = handle;
        if (result != raw.SQLITE_OK)
        {
            handle.Dispose();
            throw new LedgerStoreException($"Cannot open '{path}': {raw.sqlite3_errstr(result).utf8_to_string()}.");
        }

        raw.sqlite3_busy_timeout(Handle, BusyTimeoutMs);
        if (access == SqliteAccess.Audit)
            PrepareAudit();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=FULL");
        // The writer checkpoints by itself, between commits, so that no commit pays for it unawares.
        Execute("PRAGMA wal_autocheckpoint=0");
        Execute(access == SqliteAccess.Write ? "PRAGMA cache_size=-32768" : "PRAGMA cache_size=-4096");
        Execute("PRAGMA temp_store=MEMORY");
        if (access != SqliteAccess.Write)
            Execute("PRAGMA query_only=1");
    }

    internal sqlite3 Handle { get; }

    /// <summary>The statement of this text, prepared once a connection.</summary>
    public PreparedStatement Statement(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
            statements.Add(sql, statement = new PreparedStatement(this, sql));
        return statement;
    }

    /// <summary>Runs statements that need no parameters.</summary>
    public void Execute(string sql)
    {
        var result = raw.sqlite3_exec(Handle, sql);
        if (result != raw.SQLITE_OK)
            Throw(result, sql);
    }

    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    public void RollBack()
    {
        if (InTransaction)
            Execute("ROLLBACK");
    }

    /// <summary>Pages that commits wrote to the WAL since the last call that reset the count.</summary>
    public int PagesWritten(bool reset)
    {
        const int CacheWrite = 9;
        Check(raw.sqlite3_db_status(Handle, CacheWrite, out var pages, out _, reset ? 1 : 0));
        return pages;
    }

    /// <summary>Copies the WAL back into the database file as far as readers allow.</summary>
    public void Checkpoint(bool truncate)
    {
        var result = raw.sqlite3_wal_checkpoint_v2(Handle, null, truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        // A reader in the way is no failure: the next checkpoint goes further.
        if (result is not raw.SQLITE_BUSY and not raw.SQLITE_LOCKED)
            Check(result);
    }

    internal void Check(int result, string? sql = null)
    {
        if (result is not raw.SQLITE_OK and not raw.SQLITE_ROW and not raw.SQLITE_DONE)
            Throw(result, sql);
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
            statement.Dispose();
        statements.Clear();
        Handle.Dispose();
    }

    // The last connection to close would copy the log back into the file.
    private void PrepareAudit()
    {
        const int NoCheckpointOnClose = 1006;
        Check(raw.sqlite3_db_config(Handle, NoCheckpointOnClose, 1, out _));
        Execute("PRAGMA cell_size_check=1");
    }

    private void Throw(int result, string? sql)
    {
        var message = $"SQLite: {raw.sqlite3_errmsg(Handle).utf8_to_string()} (code {raw.sqlite3_extended_errcode(Handle)}{(sql is null ? "" : ", " + sql.Split('\n')[0])}).";
        throw (result & 0xFF) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT => new LedgerDamagedException(message),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL =>
                new LedgerStoreException(message) { IsTransient = true },
            _ => new LedgerStoreException(message),
        };
    }
}

/// <summary>
/// Tells SQL texts apart by length and a few characters, then whole: hashing every character of a long INSERT would cost as
/// much as binding its parameters.
/// </summary>
file sealed class SqlTexts : IEqualityComparer<string>
{
    public static readonly SqlTexts Comparer = new();

    public bool Equals(string? left, string? right) => string.Equals(left, right, StringComparison.Ordinal);

    public int GetHashCode(string text) => HashCode.Combine(text.Length, text[0], text[text.Length / 2], text[^1]);
}
