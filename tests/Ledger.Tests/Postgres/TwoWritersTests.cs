using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Two processes write one log, each for accounts of its own, and pay those of the other: what one remembers, the other moves on.</summary>
public sealed class TwoWritersTests : IDisposable
{
    private const int Pairs = 8;
    private readonly string database = MigratedDatabase.New();
    private readonly PostgresStore[] stores;
    private readonly JournalDraft draft;

    public TwoWritersTests()
    {
        stores = [New(), New()];
        draft = new JournalDraft(stores[0]);
        for (var owner = 0; owner < 2; owner++)
            for (var account = 0; account < Pairs; account++)
            {
                Assert.All(draft.CommitAll(draft.Open(Name(owner, account))), static refusal => Assert.Equal(Refusal.None, refusal));
                Assert.Equal(Refusal.None, draft.Commit(draft.Fund(Name(owner, account), 1_000)));
            }
    }

    public void Dispose()
    {
        foreach (var store in stores)
            store.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public void What_both_pay_each_other_adds_up_and_the_chain_of_every_account_is_whole()
    {
        for (var turn = 0; turn < 60; turn++)
            PayTheOther(turn % 2, turn);
        for (var owner = 0; owner < 2; owner++)
            for (var account = 0; account < Pairs; account++)
                // As much in as out: in two turns each account pays one and is paid by one.
                Assert.Equal(1_000, draft.Account(Name(owner, account)).Counters.Posted);
        foreach (var (side, sign) in new[] { ("debtor", "-"), ("creditor", "+") })
            Assert.Equal(0, Number($"select count(*) from log l left join log p on p.id = l.{side}_previous where l.kind = 1 and l.type = 1 and (case when p.debtor = l.{side} then p.debtor_balance else p.creditor_balance end) {sign} l.amount is distinct from l.{side}_balance"));
        Assert.Equal(60 * Pairs, Number("select count(*) from log where kind = 1 and type = 1"));
    }

    [Fact]
    public void A_key_that_the_other_one_took_is_taken()
    {
        PayTheOther(0, 1);
        PayTheOther(1, 2);
        var key = new IdempotencyKey(77);
        Assert.Equal(Refusal.None, Commit(1, draft.Pay(Name(1, 0), Name(0, 0), 5, key)));
        Assert.Equal(Refusal.DuplicateKey, Commit(0, draft.Pay(Name(0, 0), Name(1, 0), 5, key)));
        Assert.Equal(Refusal.None, Commit(0, draft.Pay(Name(0, 0), Name(1, 0), 5)));
    }

    [Fact]
    public void An_account_that_was_closed_over_there_is_closed_here()
    {
        PayTheOther(0, 1);
        PayTheOther(1, 2);
        Assert.Equal(Refusal.None, Commit(1, draft.Pay(Name(1, 0), Name(1, 1), draft.Account(Name(1, 0)).Counters.Posted)));
        Assert.Equal(Refusal.None, Commit(1, draft.ChangeStatus(Name(1, 0), AccountStatus.Closed)));
        Assert.Equal(Refusal.CreditorClosed, Commit(0, draft.Pay(Name(0, 0), Name(1, 0), 5)));
    }

    [Fact]
    public async Task An_account_that_is_closed_while_a_payment_waits_for_it_gets_nothing()
    {
        // So that what is remembered is looked at under locks.
        for (var turn = 0; turn < 3; turn++)
            PayTheOther(turn % 2, turn);
        var (payment, closed) = (draft.Pay(Name(0, 0), Name(1, 0), 5), draft.Number(Name(1, 0)));
        await using var closing = new NpgsqlConnection(database + ";Pooling=false");
        await closing.OpenAsync();
        await using (var transaction = await closing.BeginTransactionAsync())
        {
            await using var close = new NpgsqlCommand($"update counters set version = version + 1, activity = activity + 1 where account = {closed}; update account set status = {(int)AccountStatus.Closed} where number = {closed}", closing, transaction);
            await close.ExecuteNonQueryAsync();
            var paying = Task.Run(() => stores[0].Commit([payment]));
            while (!paying.IsCompleted && Number("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0)
                await Task.WhenAny(paying, Task.Delay(10));
            await transaction.CommitAsync();
            await paying;
        }

        Assert.Equal(Refusal.CreditorClosed, payment.Outcome);
        Assert.Equal(0, Number($"select count(*) from log where id = {payment.Row.Id}"));
    }

    [Fact]
    public void What_is_there_once_is_spent_once()
    {
        for (var turn = 0; turn < 4; turn++)
            PayTheOther(turn % 2, turn);
        var all = draft.Account(Name(0, 3)).Counters.Posted;
        Assert.Equal(Refusal.AccountRule, Commit(0, draft.Pay(Name(0, 3), Name(1, 3), all + 1)));
        Assert.Equal(Refusal.None, Commit(0, draft.Pay(Name(0, 3), Name(1, 3), all)));
        Assert.Equal(Refusal.AccountRule, Commit(1, draft.Pay(Name(0, 3), Name(1, 3), 1)));
        Assert.Equal(0, draft.Account(Name(0, 3)).Counters.Posted);
    }

    [Fact]
    public async Task What_follows_a_position_is_read_without_the_whole_log()
    {
        for (var turn = 0; turn < 40; turn++)
            PayTheOther(turn % 2, turn);
        for (var position = 0L; position < 300; position += 10)
            Assert.Equal(10, (await stores[0].Reader.RowsAfter(position, 10)).Count);
        // With a longer log, of which the planner knows nothing, as on a new ledger: it would join and sort the whole.
        Execute("insert into log select r.* from (select l from log l order by id desc limit 1) x, generate_series(1000001, 1060000) g, lateral jsonb_populate_record(x.l, jsonb_build_object('id', g, 'position', g)) r");
        Execute("insert into batch (first_position, last_position, first_ids, last_ids, hash) select g, g + 9, array[g], array[g + 9], (select hash from batch limit 1) from generate_series(1000001, 1060000, 10) g");
        var plan = Texts($"explain {PostgresReader.SelectRowsAfter.Replace("$1", "1030000").Replace("$2", "100")}");
        Assert.DoesNotContain(plan, static line => line.Contains("Seq Scan"));
        Assert.Contains(plan, static line => line.Contains("log_pkey"));
    }

    private static string Name(int owner, int account) => $"{(owner == 0 ? "A" : "B")}{account}";

    private void PayTheOther(int owner, int turn)
    {
        JournalEntry[] entries = [.. Enumerable.Range(0, Pairs).Select(account => draft.Pay(Name(owner, account), Name(1 - owner, (account + turn) % Pairs), 1))];
        stores[owner].Commit(entries);
        Assert.All(entries, static entry => Assert.Equal(Refusal.None, entry.Outcome));
    }

    private Refusal Commit(int owner, JournalEntry entry)
    {
        stores[owner].Commit([entry]);
        draft.Reload();
        return entry.Outcome;
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private List<string> Texts(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
            texts.Add(reader.GetString(0));
        return texts;
    }

    private long Number(string sql)
    {
        using var connection = new NpgsqlConnection(database + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(command.ExecuteScalar());
    }

    private PostgresStore New() => new(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);
}
