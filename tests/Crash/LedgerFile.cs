using System.Security.Cryptography;
using SQLitePCL;

namespace Crash;

/// <summary>The file of a ledger that no process has open.</summary>
internal static class LedgerFile
{
    static LedgerFile() => Batteries_V2.Init();

    public static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    public static void Execute(string path, string sql)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(path, out var database));
        using (database)
        {
            var result = raw.sqlite3_exec(database, sql);
            Assert.True(result == raw.SQLITE_OK, raw.sqlite3_errmsg(database).utf8_to_string());
        }
    }
}
