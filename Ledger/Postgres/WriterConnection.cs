using System.Data;
using Npgsql;
using Polly;

namespace Ledger.Postgres;

/// <summary>The one connection of a store's writer: opened when it is needed, dropped when it failed, prepared once.</summary>
internal sealed class WriterConnection(NpgsqlDataSource source, ResiliencePipeline patience) : IDisposable
{
    private NpgsqlConnection? connection;
    private NpgsqlCommand? commit;

    /// <summary>The call of <c>commit_batch</c>, as the columns were filled.</summary>
    public NpgsqlCommand CommitOf(BatchColumns columns)
    {
        var open = Open();
        if (commit is not null)
            return commit;
        commit = new NpgsqlCommand(columns.Sql, open);
        foreach (var parameter in columns.Parameters)
            commit.Parameters.Add(parameter);
        commit.Prepare();
        return commit;
    }

    public NpgsqlBatch Batch() => new(Open());

    public NpgsqlConnection Open()
    {
        // One that was idle may have been found broken meanwhile.
        if (connection?.FullState.HasFlag(ConnectionState.Open) == false)
            Drop();
        return connection ??= patience.Execute(static source => source.OpenConnection(), source);
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

    public void Dispose()
    {
        Drop();
        source.Dispose();
    }
}
