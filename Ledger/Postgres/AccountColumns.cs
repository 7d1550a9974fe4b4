using System.Text.Json;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>An account, with its counters, from its columns.</summary>
internal static class AccountColumns
{
    public const string All =
        "a.number, a.id, a.tenant, a.currency, a.status, a.floor, a.limits, a.data_key, a.sealed_name, a.opened_at, " +
        "c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending, c.version, c.event_version, c.last_row, c.activity";

    /// <summary>Accounts with their counters; what one remembers of the tail is not looked for there.</summary>
    /// <param name="name">The name of the tail that is remembered, as SQL: 0 to look in the whole of whatever tail there is.</param>
    /// <param name="seen">Up to which position it is, as SQL.</param>
    public static string From(string name, string seen) => $"from account a cross join lateral counters_at(a.number, {name}, {seen}) c";

    public static AccountRecord Read(NpgsqlDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Id = AccountId.Parse(row.GetString(1)),
        Tenant = row.GetInt64(2),
        Currency = Currency.FromNumber(row.GetInt16(3)),
        Status = (AccountStatus)row.GetInt16(4),
        Floor = row.IsDBNull(5) ? null : row.GetInt64(5),
        Limits = row.IsDBNull(6) ? AccountLimits.None : JsonSerializer.Deserialize(row.GetString(6), AccountDataJson.Default.AccountLimits)!,
        WrappedDataKey = row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7),
        SealedName = row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8),
        OpenedAtMs = row.GetInt64(9),
        Counters = new Counters(row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13)),
        Version = row.GetInt64(14),
        EventVersion = (int)row.GetInt64(15),
        LastRow = row.GetInt64(16),
        Activity = row.GetInt64(17),
    };
}
