using Ledger;
using Ledger.Postgres;

namespace Silo.Embedded.Commands;

/// <summary>Checks of a ledger's PostgreSQL database. They read, and leave it as it is.</summary>
internal static class DatabaseChecks
{
    private const int OldestVersion = 150_000;

    public static IEnumerable<Finding> All(PostgresSettings settings)
    {
        const string Check = "database";
        PostgresFacts facts;
        LedgerSchema schema;
        try
        {
            facts = PostgresFacts.Read(settings);
            schema = PostgresSchema.Read(settings);
        }
        catch (LedgerStoreException exception)
        {
            return [new Finding(Check, CheckState.Wrong, exception.Message, "Is the server there, and may this user connect?")];
        }

        return
        [
            facts.Version >= OldestVersion
                ? new Finding(Check, CheckState.Good, $"{settings.Place}, PostgreSQL {facts.Version / 10_000}, {facts.RoundTrip.TotalMilliseconds:0.00} ms away, {(facts.IsEncrypted ? "over TLS" : "without TLS")}.")
                : new Finding(Check, CheckState.Wrong, $"PostgreSQL {facts.Version / 10_000} is too old.", "PostgreSQL 15 or newer."),
            facts.UnsafeSettings.Count == 0
                ? new Finding("durability", CheckState.Good, "fsync, full_page_writes and synchronous_commit are on.")
                : new Finding("durability", CheckState.Wrong, $"{string.Join(", ", facts.UnsafeSettings)}: a crash of the server may lose what was answered.", "Turn them on."),
            new Finding("schema", schema.Conflict is not null ? CheckState.Wrong : schema.IsCurrent ? CheckState.Good : CheckState.Doubtful, schema.Explain()),
        ];
    }
}
