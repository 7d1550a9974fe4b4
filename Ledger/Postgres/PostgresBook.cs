using Npgsql;
using NpgsqlTypes;

namespace Ledger.Postgres;

/// <summary>A shared book in a table of its own beside the ledger's; made when it is first needed.</summary>
public sealed class PostgresBook(PostgresSettings settings) : ISharedBook, IDisposable
{
    private const string Make =
        """
        create table if not exists sandbox_book (number bigint primary key, key text not null unique, subject text, entry text not null);
        create index if not exists sandbox_book_subject on sandbox_book (subject, number)
        """;

    /// <summary>Names the one turn that all processes take.</summary>
    private const string TakeTurn = "select pg_advisory_xact_lock(hashtext('sandbox_book'))";

    private readonly NpgsqlDataSource source = settings.ForRegistry();
    private readonly Lock gate = new();
    private bool isMade;

    public string? Find(string key) => Guarded(connection => Texts(connection, "select entry from sandbox_book where key = $1", key).FirstOrDefault());

    public IReadOnlyList<string> All() => Guarded(static connection => Texts(connection, "select entry from sandbox_book order by number"));

    public string FindOrAdd(string key, string? subject, Func<IReadOnlyList<string>, long, (string Entry, string? Subject)> decide) => Guarded(connection =>
    {
        using var transaction = connection.BeginTransaction();
        Run(connection, TakeTurn);
        if (Texts(connection, "select entry from sandbox_book where key = $1", key) is [var before])
            return before;
        var number = long.Parse(Texts(connection, "select (coalesce(max(number), 0) + 1)::text from sandbox_book")[0], System.Globalization.CultureInfo.InvariantCulture);
        var (entry, about) = decide(subject is null ? [] : Texts(connection, "select entry from sandbox_book where subject = $1 order by number", subject), number);
        using var insert = new NpgsqlCommand("insert into sandbox_book (number, key, subject, entry) values ($1, $2, $3, $4)", connection);
        insert.Parameters.AddWithValue(number);
        insert.Parameters.Add(Text(key));
        insert.Parameters.Add(Text(about));
        insert.Parameters.Add(Text(entry));
        insert.ExecuteNonQuery();
        transaction.Commit();
        return entry;
    });

    public void Dispose() => source.Dispose();

    // One connection: the turn is one at a time anyway.
    private T Guarded<T>(Func<NpgsqlConnection, T> work)
    {
        lock (gate)
        {
            try
            {
                using var connection = source.OpenConnection();
                if (!isMade)
                {
                    using var making = connection.BeginTransaction();
                    Run(connection, TakeTurn);
                    Run(connection, Make);
                    making.Commit();
                    isMade = true;
                }

                return work(connection);
            }
            catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
            {
                throw PostgresFailure.Of(exception, mayHaveCommitted: true);
            }
        }
    }

    private static void Run(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static List<string> Texts(NpgsqlConnection connection, string sql, params ReadOnlySpan<string> values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(Text(value));
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
            texts.Add(rows.GetString(0));
        return texts;
    }

    private static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };
}
