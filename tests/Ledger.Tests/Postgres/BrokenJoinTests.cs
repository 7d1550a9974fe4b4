using System.Net.Sockets;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>A process takes up the tail that another one keeps, and its connection breaks in the middle of reading it.</summary>
public sealed class BrokenJoinTests
{
    private const int Accounts = 400;

    [Fact]
    public void What_was_read_of_the_tail_is_never_swept_over_what_came_since()
    {
        var database = MigratedDatabase.New();
        using var relay = new BreakingRelay(TestPostgres.Shared.Port);
        var joins = MigratedDatabase.Open(new NpgsqlConnectionStringBuilder(database) { Port = relay.Port }.ConnectionString, TimeSpan.Zero);
        var keeps = MigratedDatabase.Open(database, TimeSpan.Zero, 1_000_000);
        var draft = new JournalDraft(keeps);
        string[] names = [.. Enumerable.Range(0, Accounts).Select(static account => $"n{account}")];
        draft.CommitAll([.. names.Select(name => draft.Open(name))]);
        draft.CommitAll([.. names.Select(name => draft.Fund(name, 1_000))]);
        for (var turn = 0; turn < 20; turn++)
            draft.CommitAll([.. Enumerable.Range(0, Accounts / 2).Select(account => draft.Pay(names[account], names[account + (Accounts / 2)], 1))]);
        Assert.True(MigratedDatabase.Number(database, "select behind from log_head") < 0);
        draft.Reload();
        var payment = draft.Pay("n0", "n200", 5);
        relay.BreakAfter(150_000);
        Assert.False(Assert.Throws<LedgerStoreException>(() => joins.Commit([payment])).OutcomeUnknown);
        // Before it tries again, the other one goes down, and ends the tail.
        keeps.Dispose();
        Assert.Equal(0, MigratedDatabase.Number(database, "select count(*) from log_head where behind is not null"));
        joins.Commit([payment]);
        Assert.Equal(Refusal.None, payment.Outcome);
        draft.Store = joins;
        for (var turn = 0; turn < 10; turn++)
            Assert.Equal(Refusal.None, draft.Commit(draft.Pay("n1", "n2", 1)));
        Assert.Equal(1_025, MigratedDatabase.Number(database, $"select credits_posted from counters_now where account = {draft.Number("n200")}"));
        Assert.Empty(PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).Findings);
        joins.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    // Ends the connection after so many bytes from the server.
    private sealed class BreakingRelay(int serverPort) : LoopbackRelay(serverPort)
    {
        private long left = long.MaxValue;

        public void BreakAfter(long bytes) => Interlocked.Exchange(ref left, bytes);

        protected override Task Pass(NetworkStream client, NetworkStream server)
        {
            var up = client.CopyToAsync(server, Stop);
            return Task.WhenAny(up, Down(server, client, up));
        }

        private async Task Down(NetworkStream from, NetworkStream to, Task up)
        {
            var buffer = new byte[4_096];
            for (int read; (read = await from.ReadAsync(buffer, Stop)) > 0;)
            {
                if (Interlocked.Add(ref left, -read) < 0)
                {
                    // An end, and no reset: what was sent before is read.
                    Interlocked.Exchange(ref left, long.MaxValue);
                    to.Socket.Shutdown(SocketShutdown.Send);
                    await up;
                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), Stop);
            }
        }
    }
}
