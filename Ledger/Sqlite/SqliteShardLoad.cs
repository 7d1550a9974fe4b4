using Grains.Interfaces.Values;
using Ledger.Shards;

namespace Ledger.Sqlite;

/// <summary>Reads what a ledger's file holds: all of it, for a file is a ledger of one shard.</summary>
public static class SqliteShardLoad
{
    public static ShardLoad Read(string path)
    {
        using var database = new SqliteDatabase(path, SqliteAccess.Read);
        return new ShardLoad(
            0, path, Bucket.Count, 0, Number(database, "SELECT count(*) FROM account WHERE number >= 100000"),
            Number(database, "SELECT coalesce(max(last_position), 0) FROM batch WHERE first_position = (SELECT max(first_position) FROM batch)"),
            Number(database, "SELECT coalesce(sum(settled + rejected), 0) FROM tally_second WHERE tenant = 0 AND second > (SELECT max(second) - 60 FROM tally_second WHERE tenant = 0)"),
            0, new FileInfo(path).Length, []);
    }

    private static long Number(SqliteDatabase database, string sql)
    {
        var select = database.Statement(sql);
        select.Step();
        var number = select.Int64(0);
        select.Reset();
        return number;
    }
}
