using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.EventLog;
using Ledger.Sqlite;

namespace Ledger.Tests;

/// <summary>The audit passes what the store wrote, and finds and names whatever is changed in it afterwards.</summary>
public sealed class AuditVerifierTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string path;
    private readonly JournalDraft draft;
    private readonly SqliteStore store;

    public AuditVerifierTests()
    {
        path = directory.File(SqliteStore.FileName);
        store = new SqliteStore(path);
        draft = new JournalDraft(store);
    }

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_ledger_that_nothing_was_written_to_passes()
    {
        var report = Verify();
        Assert.Equal((0, 0, 0), (report.Rows, report.Batches, report.FindingCount));
    }

    [Fact]
    public void What_the_store_wrote_passes()
    {
        Fill();
        var report = Verify();
        Assert.Empty(report.Findings);
        Assert.Equal(store.LastPosition, report.LastPosition);
        Assert.Equal(store.LastPosition, report.Rows);
        Assert.True(report.Batches > 10);
        Fold();
        Assert.Empty(Verify().Findings);
    }

    public static TheoryData<string> LogColumns => [.. LogTable.ColumnNames];

    [Theory]
    [MemberData(nameof(LogColumns))]
    public void A_changed_field_of_a_row_is_named_with_its_event(string column)
    {
        Fill();
        // A payment with a key in the middle of its batch; blobs that it has not are changed where there is one.
        var id = Scalar(column is "data" or "sealed" or "sealed_creditor" ? $"SELECT id FROM log WHERE {column} IS NOT NULL"
            : "SELECT id FROM log WHERE type = 1 AND position = 104");
        var position = Scalar($"SELECT position FROM log WHERE id = {id}");
        Execute(column is "key" or "request_hash" or "data" or "sealed" or "sealed_creditor" or "leaf" or "checks"
            ? $"UPDATE log SET {column} = CAST(substr({column}, 1, 1) || x'5A' || substr({column}, 3) AS BLOB) WHERE id = {id}"
            : column is "currency" ? $"UPDATE log SET currency = 978 WHERE id = {id}"
            : column is "type" ? $"UPDATE log SET type = 2 WHERE id = {id}"
            : column is "payment" ? $"UPDATE log SET payment = id - 1 WHERE id = {id}"
            : column is "id" or "position" ? $"UPDATE log SET {column} = {column} + 900000 WHERE id = {id}"
            : $"UPDATE log SET {column} = {column} + 64 WHERE id = {id}");
        var named = column == "id" ? id + 900_000 : id;
        var place = column == "position" ? position + 900_000 : position;
        var findings = Verify().Findings;
        Assert.Contains(findings, finding => finding.EventId == EventId.Format(named) && finding.Field == column && finding.Position == place);
    }

    [Theory]
    [InlineData("UPDATE log SET time = CAST(time AS TEXT) || 'x' WHERE position = 104", "log", "time")]
    [InlineData("UPDATE log SET payment = id WHERE position = 104", "log", "payment")]
    [InlineData("UPDATE log SET type = 999 WHERE position = 104", "log", "type")]
    [InlineData("UPDATE log SET key = x'01' WHERE position = 104", "log", "key")]
    [InlineData("DELETE FROM log WHERE position = 104", "log", "position")]
    [InlineData("DELETE FROM log WHERE position = (SELECT max(position) FROM log)", "log", "position")]
    [InlineData("UPDATE log SET position = CASE position WHEN 104 THEN 105 ELSE 104 END WHERE position IN (104, 105)", "batch", "hash")]
    [InlineData("INSERT INTO log SELECT id + 900000, position + 900000, type, time, tenant, id, version, kind, debtor, creditor, amount, currency, debtor_balance, creditor_balance, debtor_previous, creditor_previous, NULL, request_hash, reason, expires_at, data, sealed, sealed_creditor, leaf, checks FROM log WHERE position = 104", "log", "position")]
    [InlineData("INSERT INTO log SELECT id + 900000, position, type, time, tenant, id, version, kind, debtor, creditor, amount, currency, debtor_balance, creditor_balance, debtor_previous, creditor_previous, NULL, request_hash, reason, expires_at, data, sealed, sealed_creditor, leaf, checks FROM log WHERE position = 104", "log", "position")]
    [InlineData("UPDATE batch SET hash = zeroblob(32) WHERE first_position = (SELECT min(first_position) FROM batch WHERE first_position > 50)", "batch", "hash")]
    [InlineData("DELETE FROM batch WHERE first_position = (SELECT min(first_position) FROM batch WHERE first_position > 50)", "batch", "first_position")]
    [InlineData("UPDATE batch SET last_position = last_position + 1000000000 WHERE first_position = (SELECT min(first_position) FROM batch WHERE first_position > 50)", "batch", "last_position")]
    [InlineData("UPDATE batch SET first_id = 1 WHERE first_position = (SELECT min(first_position) FROM batch WHERE first_position > 50)", "batch", "first_id")]
    [InlineData("UPDATE batch SET last_id = last_id + 1 WHERE first_position = (SELECT min(first_position) FROM batch WHERE first_position > 50)", "batch", "last_id")]
    [InlineData("UPDATE counters SET debits_posted = debits_posted + 1 WHERE account > 100000", "counters", "debits_posted")]
    [InlineData("UPDATE counters SET credits_posted = credits_posted + 1 WHERE account < 100000", "counters", "credits_posted")]
    [InlineData("UPDATE counters SET debits_pending = debits_pending + 1", "counters", "debits_pending")]
    [InlineData("UPDATE counters SET credits_pending = 7", "counters", "credits_pending")]
    [InlineData("UPDATE counters SET event_version = 9 WHERE account > 100000", "counters", "event_version")]
    [InlineData("UPDATE counters SET last_row = 9", "counters", "last_row")]
    [InlineData("UPDATE counters SET activity = activity + 1", "counters", "activity")]
    [InlineData("DELETE FROM counters WHERE account > 100000", "counters", "account")]
    [InlineData("UPDATE account SET status = 2 WHERE id = 'A'", "account", "status")]
    [InlineData("UPDATE account SET currency = 978 WHERE id = 'A'", "account", "currency")]
    [InlineData("UPDATE account SET floor = 1000000 WHERE id = 'A'", "account", "floor")]
    [InlineData("DELETE FROM account WHERE id = 'A'", "account", "number")]
    [InlineData("INSERT INTO account SELECT 999999, 'new', tenant, currency, status, floor, limits, data_key, sealed_name, opened_at FROM account WHERE id = 'A'", "account", "number")]
    [InlineData("UPDATE key SET row = row + 1 WHERE key = (SELECT min(key) FROM key)", "key", "key")]
    [InlineData("UPDATE key SET key = x'000102030405060708090A0B0C0D0E0F' WHERE key = (SELECT max(key) FROM key)", "log", "key")]
    [InlineData("UPDATE key SET epoch = 7 WHERE key = (SELECT max(key) FROM key)", "key", "epoch")]
    [InlineData("DELETE FROM key WHERE key = (SELECT max(key) FROM key)", "log", "key")]
    [InlineData("INSERT INTO key (epoch, key, row) VALUES (0, x'000102030405060708090A0B0C0D0E0F', 100001)", "key", "key")]
    [InlineData("DELETE FROM waypoint WHERE row = (SELECT max(row) FROM waypoint)", "waypoint", "row")]
    [InlineData("UPDATE waypoint SET time = time + 1", "waypoint", "row")]
    [InlineData("INSERT INTO waypoint (account, time, row) VALUES (999999, 1, 1)", "waypoint", "row")]
    [InlineData("UPDATE hold SET authorized = authorized + 1", "hold", "authorized")]
    [InlineData("UPDATE hold SET posted = posted + 1", "hold", "posted")]
    [InlineData("UPDATE hold SET voided = voided + 1", "hold", "voided")]
    [InlineData("UPDATE hold SET final = 1 - final", "hold", "final")]
    [InlineData("UPDATE hold SET expires_at = 1", "hold", "expires_at")]
    [InlineData("UPDATE hold SET creditor = debtor", "hold", "creditor")]
    [InlineData("DELETE FROM hold", "hold", "id")]
    [InlineData("UPDATE returned SET amount = amount + 1", "returned", "amount")]
    [InlineData("DELETE FROM returned", "returned", "payment")]
    [InlineData("UPDATE tally_second SET settled = settled + 1 WHERE tenant = 0", "tally_second", "settled")]
    [InlineData("UPDATE tally_second SET rejected = rejected - 1 WHERE tenant = 1", "tally_second", "rejected")]
    [InlineData("UPDATE tally_second SET second = second + 1", "tally_second", "settled")]
    [InlineData("DELETE FROM tally_second WHERE tenant = 1", "tally_second", "settled")]
    [InlineData("INSERT INTO tally_second VALUES (7, 1, 0, 1)", "tally_second", "rejected")]
    [InlineData("UPDATE tally_total SET settled = settled - 1 WHERE tenant = 1", "tally_total", "settled")]
    [InlineData("UPDATE tally_total SET rejected = rejected + 1", "tally_total", "rejected")]
    [InlineData("DELETE FROM tally_total WHERE tenant = 0", "tally_total", "settled")]
    public void What_was_changed_is_found(string change, string table, string field)
    {
        Fill();
        Fold();
        Assert.Empty(Verify().Findings);
        Assert.True(Execute(change) > 0, "Nothing was changed.");
        var findings = Verify().Findings;
        Assert.True(findings.Any(finding => finding.Table == table && finding.Field == field), string.Join('\n', findings));
    }

    [Fact]
    public void One_key_in_two_rows_is_found_in_the_tail_and_in_the_index()
    {
        Fill();
        Execute("UPDATE log SET key = (SELECT key FROM log WHERE position = 103) WHERE position = 104");
        Assert.Contains(Verify().Findings, static finding => finding is { Table: "log", Field: "key", Position: 104 } && finding.Detail.Contains("same key"));
        Fold();
        Assert.Contains(Verify().Findings, static finding => finding is { Table: "log", Field: "key" } && finding.Detail.Contains("index"));
    }

    [Fact]
    public void Keys_older_than_30_days_leave_the_index_and_may_be_used_again()
    {
        const int Old = 10_000;
        const long Days30 = 30L * 24 * 3_600 * 1_000;
        All(draft.Open("A"), draft.Open("B"));
        All(draft.Fund("A", 1_000_000));
        for (var i = 0; i < Old; i += 1_000)
            All([.. Enumerable.Range(i, 1_000).Select(number => draft.Pay("A", "B", 1, OldKey(number)))]);
        Fold();
        var first = draft.NowMs;
        draft.NowMs = first + Days30;
        All(draft.Pay("A", "B", 1, IdempotencyKey.Of(1, "thirty days later", "test")));
        Fold();
        Assert.Equal(Old + 1, Scalar("SELECT count(*) FROM key"));
        Assert.Equal(Refusal.DuplicateKey, draft.Commit(draft.Pay("A", "B", 1, OldKey(7))));

        draft.NowMs++;
        draft.Reload();
        All(draft.Pay("A", "B", 1, IdempotencyKey.Of(1, "a moment later", "test")));
        Fold();
        Assert.Equal(2, Scalar("SELECT count(*) FROM key"));
        Assert.Null(store.Reader.FindByKey(OldKey(7)).Now());
        Assert.Empty(Verify().Findings);

        var again = draft.Pay("A", "B", 1, OldKey(7));
        All(again);
        Assert.Equal(Refusal.DuplicateKey, draft.Commit(draft.Pay("A", "B", 1, OldKey(7))));
        Assert.Equal(again.Row.Id, store.Reader.FindByKey(OldKey(7)).Now()!.Id);
        Fold();
        Assert.Empty(Verify().Findings);
        Execute("DELETE FROM key WHERE key = (SELECT max(key) FROM key)");
        Assert.Contains(Verify().Findings, static finding => finding is { Table: "log", Field: "key" });
        Execute($"INSERT INTO key (epoch, key, row) VALUES (0, x'00', {again.Row.Id}), (0, x'000102030405060708090A0B0C0D0E0F', {Scalar("SELECT min(id) FROM log")})");
        Assert.Contains(Verify().Findings, static finding => finding is { Table: "key", Field: "key" } && finding.Detail.Contains("that the row has not"));

        static IdempotencyKey OldKey(int number) => IdempotencyKey.Of(1, $"old-{number}", "test");
    }

    [Fact]
    public void A_removed_row_is_reported_without_every_later_row()
    {
        Fill();
        Execute("DELETE FROM log WHERE position = 104");
        Assert.InRange(Verify().FindingCount, 1, 20);
    }

    [Fact]
    public void All_findings_are_counted_and_the_first_kept()
    {
        Fill();
        for (var i = 0; i < 12; i++)
            draft.CommitAll([.. Enumerable.Range(0, 100).Select(_ => draft.Pay("A", "B", 1))]);
        Execute("UPDATE log SET tenant = 3");
        var report = Verify();
        Assert.Equal(AuditFindings.Capacity, report.Findings.Count);
        Assert.Equal(store.LastPosition, report.FindingCount);
    }

    [Fact]
    public void Counters_that_their_table_does_not_have_yet_are_compared_as_the_tail_has_them()
    {
        Fill();
        Fold();
        All(draft.Pay("A", "B", 5));
        Assert.Empty(Verify().Findings);
        Execute("UPDATE counters SET debits_posted = debits_posted + 1 WHERE account > 100000");
        Execute("DELETE FROM counters_tail");
        Assert.Contains(Verify().Findings, static finding => finding is { Table: "counters", Field: "debits_posted" });
    }

    [Theory]
    [InlineData("UPDATE counters_tail SET changes = substr(changes, 1, length(changes) - 1)", "file", "changes")]
    [InlineData("UPDATE counters_tail SET changes = CAST(substr(changes, 1, length(changes) - 1) || x'7f' AS BLOB)", "counters_tail", "activity")]
    public void A_damaged_tail_of_counters_is_found(string sql, string table, string field)
    {
        Fill();
        Fold();
        All(draft.Pay("A", "B", 5));
        Execute(sql);
        Assert.Contains(Verify().Findings, finding => finding.Table == table && finding.Field == field);
    }

    [Fact]
    public async Task It_passes_beside_a_writer()
    {
        Fill();
        var stop = new ManualResetEventSlim();
        var writing = Task.Run(() =>
        {
            for (var i = 0; !stop.IsSet; i++)
            {
                var entries = Enumerable.Range(0, 50).Select(number => draft.Pay(number % 2 == 0 ? "A" : "B", number % 2 == 0 ? "B" : "A", 3, IdempotencyKey.Of(1, $"w{i}-{number}", "test"))).ToArray();
                store.Commit(entries);
                Assert.All(entries, static entry => Assert.Equal(Refusal.None, entry.Outcome));
                if (i % 40 == 0)
                    store.CatchUp();
            }
        });
        long last = 0;
        // A writer that died would never come that far.
        for (var i = 0; i < 15 || (last <= 400 && !writing.IsCompleted); i++)
        {
            var report = Verify();
            Assert.Empty(report.Findings);
            last = report.LastPosition;
        }

        stop.Set();
        await writing;
        Assert.True(last > 400, $"Nothing was committed meanwhile (position {last}).");
    }

    [Fact]
    public void A_byte_that_flips_in_the_file_never_passes_where_it_changed_what_is_audited()
    {
        Fill();
        Fold();
        store.Dispose();
        using (var database = new SqliteDatabase(path, SqliteAccess.Write))
            database.Checkpoint(truncate: true);
        var sound = Contents(path);
        var bytes = File.ReadAllBytes(path);
        var random = new Random(20_261_122);
        var (found, changed) = (0, 0);
        var copy = directory.File("flipped.db");
        for (var i = 0; i < 300; i++)
        {
            var place = random.Next(bytes.Length);
            var flipped = (byte[])bytes.Clone();
            flipped[place] ^= (byte)(1 << random.Next(8));
            foreach (var left in Directory.GetFiles(directory.Path, "flipped.db*"))
                File.Delete(left);
            File.WriteAllBytes(copy, flipped);
            var isSound = IsSound(copy);
            if (Contents(copy) == sound)
                continue;
            changed++;
            Assert.False(isSound, $"The flip of byte {place} passed.");
            found++;
        }

        Assert.True(changed > 40, $"Only {changed} flips changed anything.");
        Assert.Equal(changed, found);
    }

    // A file whose schema was hit is refused, which is as good as a finding.
    private static bool IsSound(string file)
    {
        try
        {
            return AuditVerifier.Verify(file, null, CancellationToken.None).IsSound;
        }
        catch (LedgerSchemaException)
        {
            return false;
        }
    }

    /// <summary>All that is audited, as text; what it fails with where it cannot be read.</summary>
    private static string Contents(string file)
    {
        var text = new System.Text.StringBuilder();
        try
        {
            using var database = new SqliteDatabase(file, SqliteAccess.Audit);
            foreach (var sql in (string[])["SELECT * FROM log ORDER BY id", "SELECT * FROM batch ORDER BY first_position", "SELECT account, debits_posted, credits_posted, debits_pending, credits_pending, event_version, last_row, activity FROM counters ORDER BY account",
                "SELECT * FROM key ORDER BY epoch, key", "SELECT * FROM hold ORDER BY id", "SELECT * FROM returned ORDER BY payment", "SELECT * FROM waypoint ORDER BY account, time, row", "SELECT * FROM tally_second ORDER BY tenant, second", "SELECT * FROM tally_total ORDER BY tenant"])
            {
                var columns = sql.Contains("FROM log") ? 25 : sql.Contains("counters") ? 8 : sql.Contains("hold") ? 9 : sql.Contains("batch") ? 5 : sql.Contains("waypoint") || sql.Contains("FROM key") || sql.Contains("tally_total") ? 3 : sql.Contains("tally_second") ? 4 : 2;
                var select = database.Statement(sql);
                while (select.Step())
                    for (var column = 0; column < columns; column++)
                        text.Append(select.StorageClass(column)).Append(':').Append(Convert.ToHexString(select.Bytes(column))).Append(' ');
                text.AppendLine();
            }
        }
        catch (Exception exception) when (exception is LedgerDamagedException or LedgerStoreException)
        {
            text.Append(exception.Message);
        }

        return text.ToString();
    }

    private long Scalar(string sql)
    {
        using var database = new SqliteDatabase(path, SqliteAccess.Read);
        var select = database.Statement(sql);
        Assert.True(select.Step(), $"Nothing for {sql}");
        return select.Int64(0);
    }

    private long Execute(string sql)
    {
        using var database = new SqliteDatabase(path, SqliteAccess.Write);
        database.Execute(sql);
        var changes = database.Statement("SELECT total_changes()");
        changes.Step();
        return changes.Int64(0);
    }

    /// <summary>Every kind of row: plain payments with keys and blobs, a decline, holds to their end, a return, changes of accounts.</summary>
    private void Fill()
    {
        All(draft.Open("A", sealedName: [1, 2, 3]), draft.Open("B"), draft.Open("C"), draft.Open("E", currency: JournalDraft.Eur));
        All(draft.Fund("A", 10_000), draft.Fund("B", 10_000), draft.Fund("E", 10_000));
        for (var i = 0; i < 20; i++)
            All([.. Enumerable.Range(0, 10).Select(number => draft.Pay("A", "B", 1 + number, IdempotencyKey.Of(1, $"{i}-{number}", "test")))]);
        All(draft.Decline("A", "C", 1_000_000, IdempotencyKey.Of(1, "declined", "test")));
        var hold = draft.Transfer("B", "C", 500, TransferKind.Hold, expiresAtMs: 5_000);
        var voided = draft.Transfer("B", "C", 70, TransferKind.Hold);
        var open = draft.Transfer("B", "C", 30, TransferKind.Hold);
        All(draft.Decide("B", hold), draft.Decide("B", voided), draft.Decide("B", open));
        All(
            draft.Decide("B", draft.Transfer("B", "C", 100, TransferKind.Increase, hold.Id)),
            draft.Decide("B", draft.Transfer("B", "C", 200, TransferKind.Post, hold.Id)),
            draft.Decide("B", draft.Transfer("B", "C", 300, TransferKind.PostFinal, hold.Id)),
            draft.Decide("B", draft.Transfer("B", "C", 70, TransferKind.Void, voided.Id)));
        var paid = draft.Pay("A", "C", 50);
        All(paid);
        var original = draft.Row(EventType.PaymentReturned, TransferKind.None, draft.Number("A"), draft.Number("C"), 20, payment: paid.Row.Id, version: 2);
        All(draft.Decide("C", draft.Transfer("C", "A", 20, TransferKind.Posted), more: [original], returns: paid.Row.Id));
        All(draft.ChangeStatus("E", AccountStatus.Frozen));
        All(draft.Decide("A", WithBlobs(draft.Transfer("A", "B", 5, TransferKind.Posted))));
    }

    private static LogRow WithBlobs(LogRow row)
    {
        var filled = new LogRow
        {
            Id = row.Id,
            Type = row.Type,
            TimeMs = row.TimeMs,
            Tenant = row.Tenant,
            Payment = row.Payment,
            Version = row.Version,
            Kind = row.Kind,
            Debtor = row.Debtor,
            Creditor = row.Creditor,
            Amount = row.Amount,
            Currency = row.Currency,
            Data = [1, 2, 3, 4],
            Sealed = [5, 6, 7, 8],
            SealedCreditor = [9, 10, 11, 12],
        };
        LeafHash.Seal(filled);
        return filled;
    }

    private void All(params JournalEntry[] entries) => Assert.All(draft.CommitAll(entries), static refusal => Assert.Equal(Refusal.None, refusal));

    private void Fold()
    {
        while (store.CatchUp())
        {
        }
    }

    private AuditReport Verify() => AuditVerifier.Verify(path, null, CancellationToken.None);
}
