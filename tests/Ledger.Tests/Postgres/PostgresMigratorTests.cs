using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

public sealed class PostgresMigratorTests
{
    private readonly string database = TestPostgres.NewDatabase();

    [Fact]
    public async Task Processes_that_start_at_once_migrate_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Open().Dispose())));
        Assert.Equal(PostgresMigrator.Known().Count, (long)Scalar("select count(*) from migration")!);
        Assert.Equal(6L, Scalar("select count(*) from writer"));
    }

    [Fact]
    public void A_database_of_another_product_is_left_alone()
    {
        Scalar("create table theirs (id bigint)");
        Assert.Throws<LedgerSchemaException>(() => Open());
        Assert.Equal(1L, Scalar("select count(*) from pg_tables where schemaname = 'public'"));
    }

    [Theory]
    [InlineData("insert into migration values (9999, '9999-newer', 'x')", "newer release")]
    [InlineData("update migration set checksum = 'x' where number = 1", "is not the one")]
    public void A_ledger_of_another_release_is_left_alone(string change, string message)
    {
        Open().Dispose();
        Scalar(change);
        Assert.Contains(message, Assert.Throws<LedgerSchemaException>(() => Open()).Message);
    }

    [Fact]
    public void A_migration_that_fails_leaves_nothing()
    {
        var broken = new PostgresMigrator.Migration(1, "0001-broken", "create table half (id bigint); select 1 / 0");
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        Assert.Throws<PostgresException>(() => PostgresMigrator.Migrate(source, [broken]));
        Assert.Equal(0L, Scalar("select count(*) from pg_tables where tablename = 'half'"));
        Open().Dispose();
    }

    // A function that runs is not stopped by its being dropped: whoever commits by the one of before is waited for, and none comes after.
    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    public async Task Another_function_to_commit_by_waits_for_commits_under_way_and_fences_those_that_come(int number)
    {
        var known = PostgresMigrator.Known();
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        PostgresMigrator.Migrate(source, known.FindAll(migration => migration.Number < number));
        var fence = (long)Scalar("insert into writer (fence) values (1) returning fence")!;
        await using var connection = await source.OpenConnectionAsync();
        await using var commit = await connection.BeginTransactionAsync();
        await using (var fenced = new NpgsqlCommand("select 1 from writer for share", connection, commit))
            await fenced.ExecuteNonQueryAsync();
        var migrating = Task.Run(() => PostgresMigrator.Migrate(source, known.FindAll(migration => migration.Number <= number)));
        Assert.True(SpinWait.SpinUntil(() => migrating.IsCompleted || (long)Scalar("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")! > 0, TimeSpan.FromMinutes(1)));
        Assert.False(migrating.IsCompleted);
        await commit.CommitAsync();
        await migrating.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(fence + 1, Scalar("select fence from writer"));
    }

    private PostgresStore Open() => new(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);

    private object? Scalar(string sql)
    {
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        using var command = source.CreateCommand(sql);
        return command.ExecuteScalar();
    }
}
