using System.Buffers.Binary;
using System.Net.Sockets;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>A process holds the log's head, and the machine that it runs on is gone without a word in the middle of a message.</summary>
public sealed class HalfSentBatchTests
{
    private const int BindOfABatch = 700;

    [Fact]
    public async Task The_others_commit_after_they_waited_for_its_lock_once()
    {
        var database = MigratedDatabase.New();
        using var relay = new StallingRelay(TestPostgres.Shared.Port);
        using var theirs = MigratedDatabase.Open(database, TimeSpan.Zero);
        var draft = Begun(theirs);
        using var stalls = MigratedDatabase.Open(new NpgsqlConnectionStringBuilder(database) { Port = relay.Port }.ConnectionString, TimeSpan.Zero);
        draft.Store = stalls;
        draft.Commit(draft.Pay("A", "B", 1));
        draft.Commit(draft.Pay("A", "B", 1));
        var opened = draft.Open("N");
        var stalled = await relay.Stall(stalls, opened);

        draft.Store = theirs;
        draft.Reload();
        var (waited, pay) = (0, draft.Pay("A", "B", 1));
        while (true)
        {
            try
            {
                theirs.Commit([pay]);
                break;
            }
            catch (LedgerStoreException exception) when (exception.IsTransient)
            {
                Assert.True(++waited < 2, exception.Message);
            }
        }

        Assert.Equal((Refusal.None, 1), (pay.Outcome, waited));
        // What it does not know of is not there, and it finds that out.
        Assert.True((await stalled).OutcomeUnknown);
        stalls.ResolveOutcome([opened]);
        Assert.Equal(Refusal.OutcomeLost, opened.Outcome);
    }

    [Fact]
    public async Task A_process_that_is_alone_ends_its_own_session_and_finds_out()
    {
        var database = MigratedDatabase.New();
        using var relay = new StallingRelay(TestPostgres.Shared.Port);
        using var store = MigratedDatabase.Open(new NpgsqlConnectionStringBuilder(database) { Port = relay.Port }.ConnectionString, TimeSpan.Zero);
        var draft = Begun(store);
        var opened = draft.Open("N");
        var stalled = await relay.Stall(store, opened);
        // The way is gone for the process, and the server has not heard of that.
        relay.Abandon();
        Assert.True((await stalled).OutcomeUnknown);
        var waited = 0;
        while (true)
        {
            try
            {
                store.ResolveOutcome([opened]);
                break;
            }
            catch (LedgerStoreException exception) when (exception.IsTransient)
            {
                Assert.True(++waited < 3, exception.Message);
            }
        }

        Assert.Equal(Refusal.OutcomeLost, opened.Outcome);
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "B", 1)));
    }

    [Fact]
    public async Task A_process_that_starts_meanwhile_ends_the_session_of_the_one_before()
    {
        var database = MigratedDatabase.New();
        using var relay = new StallingRelay(TestPostgres.Shared.Port);
        using var before = MigratedDatabase.Open(new NpgsqlConnectionStringBuilder(database) { Port = relay.Port }.ConnectionString, TimeSpan.Zero);
        var draft = Begun(before);
        var stalled = await relay.Stall(before, draft.Open("N"));
        using var after = MigratedDatabase.Open(database, TimeSpan.Zero);
        draft.Store = after;
        draft.Reload();
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "B", 1)));
        Assert.True((await stalled).OutcomeUnknown);
    }

    private static JournalDraft Begun(PostgresStore store)
    {
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        draft.Commit(draft.Fund("A", 1_000));
        draft.Commit(draft.Pay("A", "B", 1));
        draft.Commit(draft.Pay("A", "B", 1));
        return draft;
    }

    /// <summary>Passes messages to the server, but for half of one bind of a batch and all after it.</summary>
    private sealed class StallingRelay(int serverPort) : LoopbackRelay(serverPort)
    {
        private readonly TaskCompletionSource stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int armed;

        /// <summary>Commits through here, up to where the server has half of the batch. How the commit ends is told by the task in the task.</summary>
        public async Task<Task<LedgerStoreException>> Stall(PostgresStore store, JournalEntry entry)
        {
            Interlocked.Exchange(ref armed, 1);
            var commit = Task.Run(() => Assert.Throws<LedgerStoreException>(() => store.Commit([entry])));
            await stalled.Task.WaitAsync(TimeSpan.FromSeconds(60));
            return commit;
        }

        /// <summary>The client's end closes, and the server hears nothing of it.</summary>
        public void Abandon() => abandoned.SetResult();

        protected override Task Pass(NetworkStream client, NetworkStream server) => Task.WhenAny(Up(client, server), server.CopyToAsync(client, Stop));

        private async Task Up(NetworkStream client, NetworkStream server)
        {
            var head = await Exactly(client, 4);
            await server.WriteAsync(head, Stop);
            await server.WriteAsync(await Exactly(client, BinaryPrimitives.ReadInt32BigEndian(head) - 4), Stop);
            while (true)
            {
                var type = await Exactly(client, 5);
                byte[] message = [.. type, .. await Exactly(client, BinaryPrimitives.ReadInt32BigEndian(type.AsSpan(1)) - 4)];
                if (message[0] == 'B' && message.Length > BindOfABatch && Interlocked.Exchange(ref armed, 0) == 1)
                {
                    await server.WriteAsync(message.AsMemory(0, message.Length / 2), Stop);
                    stalled.SetResult();
                    await abandoned.Task.WaitAsync(Stop);
                    client.Close();
                    await Task.Delay(Timeout.Infinite, Stop);
                }

                await server.WriteAsync(message, Stop);
            }
        }

        private async Task<byte[]> Exactly(NetworkStream stream, int count)
        {
            var bytes = new byte[count];
            await stream.ReadExactlyAsync(bytes, Stop);
            return bytes;
        }
    }
}
