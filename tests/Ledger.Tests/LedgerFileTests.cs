using Ledger.Sqlite;

namespace Ledger.Tests;

/// <summary>What a store makes of the file it is given: migrated, refused or reported, never overwritten.</summary>
public sealed class LedgerFileTests : IDisposable
{
    private const string Initial = "CREATE TABLE thing (id INTEGER PRIMARY KEY)";

    private static readonly Migrator.Migration First = new(1, "0001-first", Initial);
    private static readonly Migrator.Migration Second = new(2, "0002-second", "ALTER TABLE thing ADD COLUMN note TEXT; CREATE TABLE other (id INTEGER)");

    private readonly TemporaryDirectory directory = new();
    private readonly string path;

    public LedgerFileTests() => path = directory.File(SqliteStore.FileName);

    public void Dispose() => directory.Dispose();

    [Fact]
    public void An_older_schema_is_migrated_once()
    {
        Migrate([First], "INSERT INTO thing (id) VALUES (7)");
        Migrate([First, Second], "UPDATE thing SET note = 'kept' WHERE id = 7");
        Migrate([First, Second], "INSERT INTO other (id) SELECT id FROM thing WHERE note = 'kept'");
        Assert.Equal(1, Count("other"));
        Assert.Equal(2, Count("migration"));
    }

    [Fact]
    public void A_newer_schema_is_refused_untouched()
    {
        Migrate([First, Second], "INSERT INTO other (id) VALUES (1)");
        Assert.Contains("newer release: it has migration '0002-second', this release knows 1", RefusedUntouched(() => Migrate([First])).Message);
    }

    [Fact]
    public void A_changed_migration_is_refused_untouched()
    {
        Migrate([First, Second]);
        var changed = new Migrator.Migration(1, "0001-first", Initial + " ");
        Assert.Contains("Migration '0001-first' of the ledger is not the one", RefusedUntouched(() => Migrate([changed, Second])).Message);
    }

    [Fact]
    public void A_migration_that_fails_leaves_the_old_schema()
    {
        Migrate([First], "INSERT INTO thing (id) VALUES (7)");
        var broken = new Migrator.Migration(2, "0002-broken", "CREATE TABLE other (id INTEGER); INSERT INTO nowhere VALUES (1)");
        Assert.Throws<LedgerStoreException>(() => Migrate([First, broken]));
        Migrate([First, Second]);
        Assert.Equal(1, Count("thing"));
    }

    [Fact]
    public void A_ledger_of_a_newer_release_is_refused_by_the_store()
    {
        new SqliteStore(path).Dispose();
        using (var database = new SqliteDatabase(path, SqliteAccess.Write))
            database.Execute("INSERT INTO migration (number, name, checksum) VALUES (99, '0099-future', 'x')");
        RefusedUntouched(() => new SqliteStore(path).Dispose());
    }

    [Fact]
    public void The_products_migrations_have_ascending_numbers_and_lasting_checksums()
    {
        var known = Migrator.Known();
        Assert.Equal(known.Select(static migration => migration.Number).Distinct().Order(), known.Select(static migration => migration.Number));
        new SqliteStore(path).Dispose();
        new SqliteStore(path).Dispose();
        Assert.Equal(known.Count, Count("migration"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_reported_and_left_alone()
    {
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("This is a letter. ", 1_000)));
        Reported();
    }

    [Fact]
    public void Another_programs_database_is_reported_and_left_alone()
    {
        using (var database = new SqliteDatabase(path, SqliteAccess.Write))
            database.Execute("CREATE TABLE contacts (name TEXT)");
        Assert.Contains("not a ledger", Reported().Message);
    }

    [Fact]
    public void An_emptied_file_is_reported_and_left_alone()
    {
        MakeLedger();
        File.WriteAllBytes(path, []);
        Assert.Contains("is empty", Reported().Message);
    }

    [Fact]
    public void A_missing_file_beside_its_write_ahead_log_is_reported()
    {
        File.WriteAllBytes(path + "-wal", new byte[4_096]);
        Assert.Throws<LedgerDamagedException>(() => new SqliteStore(path));
        Assert.False(File.Exists(path));
        Assert.Equal(4_096, new FileInfo(path + "-wal").Length);
    }

    [Fact]
    public void A_file_cut_short_is_reported_and_left_alone()
    {
        MakeLedger();
        using (var file = File.OpenWrite(path))
            file.SetLength(file.Length / 2);
        Reported();
    }

    [Fact]
    public void An_overwritten_header_is_reported_and_left_alone()
    {
        MakeLedger();
        using (var file = File.OpenWrite(path))
            file.Write(new byte[64]);
        Reported();
    }

    private void MakeLedger()
    {
        using var store = new SqliteStore(path);
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"), draft.Fund("A", 100), draft.Pay("A", "B", 1));
    }

    private void Migrate(Migrator.Migration[] known, string? then = null)
    {
        using var database = new SqliteDatabase(path, SqliteAccess.Write);
        Migrator.Migrate(database, known);
        if (then is not null)
            database.Execute(then);
    }

    private long Count(string table)
    {
        using var database = new SqliteDatabase(path, SqliteAccess.Read);
        var select = database.Statement($"SELECT count(*) FROM {table}");
        Assert.True(select.Step());
        return select.Int64(0);
    }

    private LedgerSchemaException RefusedUntouched(Action open)
    {
        var before = File.ReadAllBytes(path);
        var refusal = Assert.Throws<LedgerSchemaException>(open);
        Assert.Equal(before, File.ReadAllBytes(path));
        return refusal;
    }

    private LedgerDamagedException Reported()
    {
        var before = File.ReadAllBytes(path);
        var damage = Assert.Throws<LedgerDamagedException>(() => new SqliteStore(path).Dispose());
        Assert.Equal(before, File.ReadAllBytes(path));
        return damage;
    }
}
