using Grains.Interfaces.Events;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>The audit passes what the store wrote, and finds and names whatever is changed in it afterwards.</summary>
public sealed class PostgresAuditTests : IDisposable
{
    private static readonly Lazy<string> Template = new(static () => MigratedDatabase.Make(Fill));

    private readonly string database = TestPostgres.NewDatabase(Template.Value);

    public void Dispose() => TestPostgres.Shared.Drop(database);

    private static void Fill(PostgresStore store)
    {
        var script = new LedgerScript(store);
        script.Run(
            """
            open A                     ok
            open B                     ok
            fund A 1000                ok
            hold h A B 40 expires=9000 ok
            post h 15                  ok
            pay A B 60 as=p key=k      ok
            """);
        var draft = script.Draft;
        var returned = draft.Row(EventType.PaymentReturned, TransferKind.None, draft.Number("A"), draft.Number("B"), 20, payment: script.Label("p"), version: 2);
        Assert.Equal(Refusal.None, draft.Commit(draft.Decide("B", draft.Transfer("B", "A", 20, TransferKind.Posted), more: [returned], returns: script.Label("p"))));
        script.Run("freeze B ok");
        for (var i = 0; i < 100; i++)
            script.Run($"pay A B 1 key=key{i} ok");
        script.Draft.CommitAll([.. Enumerable.Range(0, 50).Select(_ => script.Draft.Pay("A", "B", 1))]);
    }

    [Fact]
    public void What_the_store_wrote_passes()
    {
        var report = Verify();
        using var store = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);
        Assert.Empty(report.Findings);
        Assert.Equal((store.LastPosition, store.LastPosition), (report.LastPosition, report.Rows));
        Assert.True(report.Batches > 100);
    }

    [Theory]
    [InlineData("update log set amount = amount + 1 where position = 60", "log", "amount")]
    [InlineData("update log set time = time + 1 where position = 60", "log", "time")]
    [InlineData("update log set debtor_balance = debtor_balance + 1 where position = 60", "log", "debtor_balance")]
    [InlineData("update log set creditor_previous = 0 where position = 60", "log", "creditor_previous")]
    [InlineData("update log set leaf = set_byte(leaf, 3, 255 - get_byte(leaf, 3)) where position = 60", "log", "leaf")]
    [InlineData("update log set checks = set_byte(checks, 3, 255 - get_byte(checks, 3)) where position = 60", "log", "checks")]
    [InlineData("update log set currency = 1 where position = 60", "log", "currency")]
    [InlineData("delete from log where position = 60", "log", "position")]
    [InlineData("insert into log select (l.id + 500000) as id, l.position, time, tenant, payment, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous, expires_at, version, type, kind, currency, reason, key, request_hash, data, sealed, sealed_creditor, leaf, checks from log l where position = 60", "log", "position")]
    [InlineData("update counters set credits_posted = credits_posted + 1 where account = (select number from account where id = 'B')", "counters", "credits_posted")]
    [InlineData("delete from counters where account = (select number from account where id = 'B')", "counters", "account")]
    [InlineData("delete from account where id = 'B'", "account", "number")]
    [InlineData("update account set status = 1 where id = 'B'", "account", "status")]
    [InlineData("update account set floor = 900 where id = 'A'", "account", "floor")]
    [InlineData("delete from key where row = (select id from log where position = 60)", "log", "key")]
    [InlineData("update key set row = 7 where row = (select id from log where position = 60)", "log", "key")]
    [InlineData("insert into key values (0, gen_random_uuid(), 7)", "key", "key")]
    [InlineData("update key set epoch = 1 where row = (select id from log where position = 60)", "key", "epoch")]
    [InlineData("insert into key select 1, key, row from key where row = (select id from log where position = 60)", "key", "key")]
    [InlineData("delete from batch where first_position = 60", "batch", "first_position")]
    [InlineData("update batch set hash = set_byte(hash, 3, 255 - get_byte(hash, 3)) where first_position = 60", "batch", "hash")]
    [InlineData("update log_head set hash = set_byte(hash, 3, 255 - get_byte(hash, 3))", "log_head", "hash")]
    [InlineData("update log_head set last_position = last_position + 1", "log_head", "last_position")]
    [InlineData("delete from waypoint where row = (select min(row) from waypoint)", "waypoint", "row")]
    [InlineData("update hold set posted = posted + 1", "hold", "posted")]
    [InlineData("delete from hold", "hold", "id")]
    [InlineData("update returned set amount = amount + 1", "returned", "amount")]
    [InlineData("delete from returned", "returned", "payment")]
    [InlineData("update tally_second set settled = settled + 1 where tenant = 1", "tally_second", "settled")]
    [InlineData("update tally_total set rejected = rejected + 1 where tenant = 0", "tally_total", "rejected")]
    public void A_change_is_found_and_named(string change, string table, string field)
    {
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        using (var command = source.CreateCommand(change))
            Assert.True(command.ExecuteNonQuery() > 0);
        var report = Verify();
        Assert.Contains(report.Findings, finding => finding.Table == table && finding.Field == field);
    }

    private EventLog.AuditReport Verify() => PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None);
}
