using Grains.Interfaces.Values;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>A bucket's epoch stands in the fence of every writer: whoever decides on the map of before commits nothing of that bucket.</summary>
public sealed class ShardFenceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string[] databases = [MigratedDatabase.New(), MigratedDatabase.New()];
    private readonly PostgresStore old;
    private readonly JournalDraft draft;
    private readonly string moving;
    private readonly string staying;

    public ShardFenceTests()
    {
        var settings = databases.Select(static database => PostgresSettings.Parse(database, isProduction: false)).ToArray();
        var map = PostgresShards.Open(settings, TimeProvider.System);
        var here = Enumerable.Range(0, 100).Select(static number => $"account_{number}").Where(name => map.ShardOf(AccountId.Parse(name)) == 0).DistinctBy(BucketOf).Take(2).ToArray();
        (moving, staying) = (here[0], here[1]);
        old = new PostgresStore(settings[0], TimeProvider.System);
        draft = new JournalDraft(old);
        Assert.Equal([Refusal.None, Refusal.None], draft.CommitAll(draft.Open(moving), draft.Open(staying)));
        Assert.Equal([Refusal.None, Refusal.None], draft.CommitAll(draft.Fund(moving, 100), draft.Fund(staying, 100)));
    }

    public void Dispose()
    {
        old.Dispose();
        foreach (var database in databases)
            TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public void An_owner_with_an_old_map_commits_nothing_of_a_bucket_that_moved()
    {
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay(moving, staying, 1)));
        Move(to: 1);
        // Whichever of its accounts it is, and whoever decides; an entry beside it in the batch is not held up.
        var other = draft.Fund(staying, 5);
        var debit = draft.Pay(moving, staying, 1);
        Assert.Equal([Refusal.WrongShard, Refusal.None], draft.CommitAll(debit, other));
        Assert.Equal(Refusal.WrongShard, draft.Commit(draft.Pay(staying, moving, 1)));
        Assert.Equal(Refusal.WrongShard, draft.Commit(draft.Fund(moving, 1)));
        Assert.Equal((99, 106), (draft.Account(moving).Counters.Posted, draft.Account(staying).Counters.Posted));

        Move(to: 0);
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund(moving, 1)));
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay(staying, moving, 1)));
        Assert.Equal((101, 105), (draft.Account(moving).Counters.Posted, draft.Account(staying).Counters.Posted));
    }

    // Behind, a commit looks at its name in the head of the log, not at its fence: a move takes both.
    [Fact]
    public void A_writer_that_is_alone_does_not_commit_on_an_old_map_either()
    {
        using var alone = MigratedDatabase.Open(databases[0], TimeSpan.Zero);
        draft.Store = alone;
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund(staying, 1)));
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay(moving, staying, 1)));
        using (var connection = Open())
        using (var named = new NpgsqlCommand("select behind is not null from log_head", connection))
            Assert.True((bool)named.ExecuteScalar()!);
        Move(to: 1);
        Assert.Equal(Refusal.WrongShard, draft.Commit(draft.Pay(moving, staying, 1)));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund(staying, 1)));
        Assert.Equal((99, 103), (draft.Account(moving).Counters.Posted, draft.Account(staying).Counters.Posted));
    }

    [Fact]
    public async Task A_commit_that_meets_a_move_waits_for_its_end()
    {
        using var mover = Open();
        using var move = mover.BeginTransaction();
        Move(mover, move, to: 1);
        var debit = draft.Pay(moving, staying, 1);
        var commit = Task.Run(() => old.Commit([debit]));
        UntilSomebodyWaits();
        Assert.False(commit.IsCompleted);
        move.Commit();
        await commit.WaitAsync(Patience);
        Assert.Equal(Refusal.WrongShard, debit.Outcome);
    }

    [Fact]
    public async Task Who_opens_while_a_bucket_moves_reads_the_map_of_after()
    {
        using var mover = Open();
        using var move = mover.BeginTransaction();
        Move(mover, move, to: 1);
        var opening = Task.Run(() => new PostgresStore(PostgresSettings.Parse(databases[0], isProduction: false), TimeProvider.System));
        UntilSomebodyWaits();
        Assert.False(opening.IsCompleted);
        move.Commit();
        using var opened = await opening.WaitAsync(Patience);
        draft.Store = opened;
        Assert.Equal(Refusal.WrongShard, draft.Commit(draft.Fund(moving, 1)));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund(staying, 1)));
    }

    [Fact]
    public async Task A_writer_that_could_not_read_its_buckets_has_no_fence_that_is_newer_than_they_are()
    {
        Move(to: 1);
        using (var holder = Open())
        using (var hold = holder.BeginTransaction())
        {
            using var locking = new NpgsqlCommand("lock table bucket in access exclusive mode", holder, hold);
            locking.ExecuteNonQuery();
            var entry = draft.Fund(staying, 1);
            var commit = Task.Run(() => old.Commit([entry]));
            UntilSomebodyWaits();
            using var killer = Open();
            using var kill = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", killer);
            Assert.Equal(1L, kill.ExecuteScalar());
            await Assert.ThrowsAsync<LedgerStoreException>(() => commit.WaitAsync(Patience));
        }

        Assert.Equal(Refusal.WrongShard, draft.Commit(draft.Fund(moving, 1)));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund(staying, 1)));
    }

    private static int BucketOf(string name) => Bucket.Of(AccountId.Parse(name));

    private void Move(int to)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        Move(connection, transaction, to);
        transaction.Commit();
    }

    private void Move(NpgsqlConnection connection, NpgsqlTransaction transaction, int to)
    {
        using var command = new NpgsqlCommand($"update bucket set shard = {to}, epoch = epoch + 1 where number = {BucketOf(moving)}", connection, transaction);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private void UntilSomebodyWaits()
    {
        using var connection = Open();
        using var waiting = new NpgsqlCommand("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", connection);
        Assert.True(SpinWait.SpinUntil(() => (long)waiting.ExecuteScalar()! > 0, Patience), "Nobody waits for the move.");
    }

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(databases[0] + ";Pooling=false");
        connection.Open();
        return connection;
    }
}
