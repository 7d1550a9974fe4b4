using System.Data;
using Npgsql;
using Polly;

namespace Ledger.Postgres;

/// <summary>The one connection of a store's writer: opened when it is needed, dropped when it failed, prepared once.</summary>
internal sealed class WriterConnection(NpgsqlDataSource source, ResiliencePipeline patience) : IDisposable
{
    private NpgsqlConnection? connection;
    private NpgsqlCommand? commit;
    private bool isFirst = true;
    private uint entryType;

    /// <summary>The call of <c>commit_batch</c>, as the columns were filled.</summary>
    public NpgsqlCommand CommitOf(BatchColumns columns)
    {
        var open = Open();
        Name(columns.Entries);
        if (commit is not null)
            return commit;
        commit = new NpgsqlCommand(columns.Sql, open);
        foreach (var parameter in columns.Parameters)
            commit.Parameters.Add(parameter);
        commit.Prepare();
        return commit;
    }

    /// <summary>Advances with each connection that was made.</summary>
    public int Made { get; private set; }

    /// <summary>Whether there is a connection, as far as one can tell without asking.</summary>
    public bool IsOpen => connection?.FullState.HasFlag(ConnectionState.Open) == true;

    /// <summary>Sets the type of the rows for the connection as it is: its transaction is under way.</summary>
    public void Name(LogEntries entries) => entries.Type = entryType;

    public NpgsqlConnection Open()
    {
        // One that was idle may have been found broken meanwhile.
        if (connection?.FullState.HasFlag(ConnectionState.Open) == false)
            Drop();
        return connection ??= Connect();
    }

    /// <summary>The connection may be in any state, or gone: the next use makes a new one.</summary>
    public void Drop()
    {
        commit?.Parameters.Clear();
        commit = null;
        var dropped = connection;
        connection = null;
        dropped?.Dispose();
    }

    private NpgsqlConnection Connect()
    {
        var opened = patience.Execute(static source => source.OpenConnection(), source);
        try
        {
            // The types of a database that was restored meanwhile have other numbers.
            if (!isFirst)
                opened.ReloadTypes();
            using var command = new NpgsqlCommand($"select coalesce(to_regtype('{LogEntries.TypeName}')::oid, 0)", opened);
            entryType = (uint)command.ExecuteScalar()!;
            isFirst = false;
            Made++;
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Drop();
        source.Dispose();
    }
}
