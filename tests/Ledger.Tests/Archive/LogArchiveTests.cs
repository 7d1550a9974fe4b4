using System.IO.Compression;
using System.Security.Cryptography;
using Ledger.Archive;
using Ledger.Postgres;
using Ledger.Sqlite;
using Npgsql;
using Servers;

namespace Ledger.Tests.Archive;

/// <summary>What an archive promises on every store: whole, in order, resumed, and every changed byte found.</summary>
public abstract class LogArchiveTests : IDisposable
{
    private const int SegmentRows = 40;

    private readonly TemporaryDirectory directory = new();
    private ILedgerStore? store;
    private LedgerScript? script;

    protected string Home => directory.Path;

    private string Target => directory.File("archive");

    private LedgerScript Script => script ??= new LedgerScript(store ??= Open());

    public void Dispose()
    {
        store?.Dispose();
        directory.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract ILedgerStore Open();

    protected abstract ArchiveManifest Archive(string target, int rows, bool all);

    [Fact]
    public void Closed_ranges_are_written_and_the_rest_when_it_is_asked_for()
    {
        Pay(100);
        var closed = Archive(Target, SegmentRows, all: false);
        Assert.Equal(2, closed.Segments.Count);
        Assert.All(closed.Segments, static segment => Assert.InRange(segment.Rows, SegmentRows, SegmentRows + 10));
        var files = closed.Segments.Select(segment => File.GetLastWriteTimeUtc(Path.Combine(Target, segment.File))).ToArray();

        var whole = Archive(Target, SegmentRows, all: true);
        Assert.Equal(store!.LastPosition, whole.LastPosition);
        Assert.Equal(files, whole.Segments.Take(2).Select(segment => File.GetLastWriteTimeUtc(Path.Combine(Target, segment.File))));

        Pay(60);
        var later = Archive(Target, SegmentRows, all: true);
        Assert.Equal(whole.Segments, later.Segments.Take(whole.Segments.Count));
        Assert.Equal(store.LastPosition, later.LastPosition);
        var report = ArchiveAudit.Verify(Target, null, CancellationToken.None);
        Assert.Empty(report.Findings);
        Assert.Equal((store.LastPosition, store.LastPosition, later.LastHash), (report.Rows, report.LastPosition, report.LastHash));
        Assert.Equal(later, Archive(Target, SegmentRows, all: true), static (left, right) => left!.Segments.SequenceEqual(right!.Segments));
    }

    [Fact]
    public void Every_row_comes_back_as_it_was_committed()
    {
        Pay(30);
        var manifest = Archive(Target, SegmentRows, all: true);
        var archived = manifest.Segments.SelectMany(segment => SegmentFile.Read(Path.Combine(Target, segment.File), segment.FirstPosition)).SelectMany(static batch => batch.Rows).ToArray();
        var kept = store!.Reader.RowsAfter(0, 1_000).Now();
        Assert.Equal(kept.Select(Text), archived.Select(Text));
    }

    [Fact]
    public void What_a_crash_left_half_done_is_written_again()
    {
        Pay(100);
        var first = Archive(Target, SegmentRows, all: false);
        // A segment whose manifest was not written any more, and one that was not finished.
        File.Copy(Path.Combine(Target, first.Segments[1].File), Path.Combine(Target, SegmentFile.Name(81, 120)));
        File.WriteAllText(Path.Combine(Target, "segment.new"), "half");
        File.WriteAllText(Path.Combine(Target, ArchiveManifest.FileName + ".new"), "{");
        Archive(Target, SegmentRows, all: true);
        Assert.Empty(ArchiveAudit.Verify(Target, null, CancellationToken.None).Findings);
    }

    [Fact]
    public void One_changed_byte_of_any_segment_is_found_and_the_segment_named()
    {
        Pay(100);
        var manifest = Archive(Target, SegmentRows, all: true);
        foreach (var segment in manifest.Segments)
        {
            var path = Path.Combine(Target, segment.File);
            var bytes = File.ReadAllBytes(path);
            for (var at = 0; at < bytes.Length; at += Math.Max(1, bytes.Length / 7))
            {
                var changed = (byte[])bytes.Clone();
                changed[at] ^= 1;
                File.WriteAllBytes(path, changed);
                Assert.Contains(ArchiveAudit.Verify(Target, null, CancellationToken.None).Findings, finding => finding.Table == segment.File);
            }

            File.WriteAllBytes(path, bytes);
        }

        Assert.Empty(ArchiveAudit.Verify(Target, null, CancellationToken.None).Findings);
        File.Delete(Path.Combine(Target, manifest.Segments[1].File));
        Assert.Contains(ArchiveAudit.Verify(Target, null, CancellationToken.None).Findings, finding => finding.Table == manifest.Segments[1].File && finding.Field == "file");
    }

    [Fact]
    public void A_changed_byte_is_found_even_where_the_manifest_was_changed_with_it()
    {
        Pay(60);
        var manifest = Archive(Target, 1_000, all: true);
        var segment = Assert.Single(manifest.Segments);
        var path = Path.Combine(Target, segment.File);
        var packed = File.ReadAllBytes(path);
        using var plain = new MemoryStream();
        using (var unpack = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress))
            unpack.CopyTo(plain);
        // Behind the magic and the first position.
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            var changed = plain.ToArray();
            var at = random.Next(23 + 32, changed.Length);
            changed[at] ^= (byte)(1 << random.Next(8));
            using (var file = File.Create(path))
            using (var pack = new GZipStream(file, CompressionLevel.Fastest))
                pack.Write(changed);
            (manifest with { Segments = [segment with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) }] }).Write(Target);
            Assert.False(ArchiveAudit.Verify(Target, null, CancellationToken.None).IsSound, $"Byte {at} was changed.");
        }
    }

    [Fact]
    public void Another_ledgers_archive_and_a_directory_of_other_files_are_refused()
    {
        Pay(60);
        Archive(Target, SegmentRows, all: false);
        using var other = Another();
        var theirs = new LedgerScript(other);
        theirs.Run("at 2000");
        Pay(theirs, 100);
        var refused = Assert.Throws<InvalidDataException>(() => ArchiveAnother(Target));
        Assert.Contains("another ledger", refused.Message, StringComparison.Ordinal);
        var strange = Directory.CreateDirectory(directory.File("strange")).FullName;
        File.WriteAllText(Path.Combine(strange, "letter.txt"), "");
        Assert.Throws<InvalidDataException>(() => Archive(strange, SegmentRows, all: true));
    }

    [Fact]
    public void A_log_that_was_changed_is_not_archived()
    {
        Pay(60);
        Change("update log set amount = amount + 1 where position = 20");
        Assert.Throws<LedgerDamagedException>(() => Archive(Target, SegmentRows, all: true));
        Assert.False(File.Exists(Path.Combine(Target, ArchiveManifest.FileName)));
    }

    protected abstract ILedgerStore Another();

    protected abstract void ArchiveAnother(string target);

    protected abstract void Change(string sql);

    private void Pay(int payments) => Pay(Script, payments);

    private static void Pay(LedgerScript script, int payments)
    {
        if (!script.Draft.Names.Any())
        {
            script.Run(
                """
                open A                     ok
                open B                     ok
                fund A 100000              ok
                hold h A B 40 expires=9000 ok
                post h 15                  ok
                pay A B 60 as=p key=k      ok
                return p B A 10            ok
                """);
        }

        for (var left = payments; left > 0; left -= 10)
            script.Draft.CommitAll([.. Enumerable.Range(0, Math.Min(10, left)).Select(_ => script.Draft.Pay("A", "B", 1))]);
    }

    private static string Text(LogRow row) =>
        $"{row.Position} {Convert.ToHexString(row.Leaf)} {Convert.ToHexString(row.Checks)} {row.DebtorBalance} {row.CreditorBalance} {row.DebtorPrevious} {row.CreditorPrevious}";
}

public sealed class SqliteArchiveTests : LogArchiveTests
{
    protected override ILedgerStore Open() => new SqliteStore(Path.Combine(Home, SqliteStore.FileName));

    protected override ArchiveManifest Archive(string target, int rows, bool all) =>
        LogArchive.OfFile(Path.Combine(Home, SqliteStore.FileName), target, rows, all, null, CancellationToken.None);

    protected override ILedgerStore Another() => new SqliteStore(Path.Combine(Home, "another.db"));

    protected override void ArchiveAnother(string target) => LogArchive.OfFile(Path.Combine(Home, "another.db"), target, 10, true, null, CancellationToken.None);

    protected override void Change(string sql)
    {
        using var database = new SqliteDatabase(Path.Combine(Home, SqliteStore.FileName), SqliteAccess.Write);
        database.Execute(sql);
    }
}

public sealed class PostgresArchiveTests : LogArchiveTests
{
    private readonly string database = TestPostgres.NewDatabase();
    private readonly string another = TestPostgres.NewDatabase();

    protected override ILedgerStore Open() => new PostgresStore(Settings(database), TimeProvider.System);

    protected override ArchiveManifest Archive(string target, int rows, bool all) => LogArchive.OfDatabase(Settings(database), target, rows, all, null, CancellationToken.None);

    protected override ILedgerStore Another() => new PostgresStore(Settings(another), TimeProvider.System);

    protected override void ArchiveAnother(string target) => LogArchive.OfDatabase(Settings(another), target, 10, true, null, CancellationToken.None);

    protected override void Change(string sql)
    {
        using var source = NpgsqlDataSource.Create(database);
        using var command = source.CreateCommand(sql);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private static PostgresSettings Settings(string database) => PostgresSettings.Parse(database, isProduction: false);
}
