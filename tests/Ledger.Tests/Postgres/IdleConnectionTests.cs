using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>The server went away, or ended the session, while nothing was asked of it: the next commit is made on another connection.</summary>
public sealed class IdleConnectionTests : IDisposable
{
    private readonly string database = MigratedDatabase.New();

    public void Dispose() => TestPostgres.Shared.Drop(database);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_whose_idle_connection_broke_commits(bool locked)
    {
        using var store = new PostgresStore(PostgresSettings.Parse(database + ";Keepalive=1", isProduction: false), TimeProvider.System);
        using var writer = new LedgerWriter(store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000)));
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "B", 1)));
        EndSessions();
        // The keepalive finds out; until then a statement would.
        await Task.Delay(TimeSpan.FromSeconds(3));
        var entry = locked ? draft.Open("C") : draft.Pay("A", "B", 1);
        Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
        for (var steps = 0; writer.CommitQueued() != WriterStep.Idle; steps++)
            Assert.True(steps < 10, "It is never committed.");
        Assert.Equal(Refusal.None, await entry.Committed);
    }

    private void EndSessions()
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var end = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
        Assert.True((long)end.ExecuteScalar()! > 0);
    }
}
