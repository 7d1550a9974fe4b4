namespace Ledger.Postgres;

/// <summary>What a ledger's server says of itself.</summary>
/// <param name="Version">As <c>server_version_num</c> has it: 150004 is 15.4.</param>
/// <param name="RoundTrip">The shortest of a few questions and answers.</param>
/// <param name="UnsafeSettings">Settings, as <c>name=value</c>, under which a crash may lose a commit.</param>
public sealed record PostgresFacts(int Version, TimeSpan RoundTrip, bool IsEncrypted, IReadOnlyList<string> UnsafeSettings)
{
    private const int Questions = 5;

    /// <exception cref="LedgerStoreException">The server cannot be reached, or refuses.</exception>
    public static PostgresFacts Read(PostgresSettings settings)
    {
        try
        {
            using var source = settings.ForAudits();
            using var connection = source.OpenConnection();
            var shortest = TimeSpan.MaxValue;
            for (var i = 0; i < Questions; i++)
            {
                var started = TimeProvider.System.GetTimestamp();
                connection.One("select 1", static row => row.GetInt32(0));
                shortest = TimeSpan.FromTicks(Math.Min(shortest.Ticks, TimeProvider.System.GetElapsedTime(started).Ticks));
            }

            return new PostgresFacts(
                int.Parse(connection.One("show server_version_num", static row => row.GetString(0))),
                shortest,
                connection.One("select coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)", static row => row.GetBoolean(0)),
                connection.Each("select name || '=' || setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'", static row => row.GetString(0)));
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }
}
