using Grains.Interfaces.Values;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Servers;
using Xunit.Abstractions;

namespace Ledger.Tests.Postgres;

/// <summary>
/// The connection is cut at a commit: before the server has it, while it works on it, before its answer and in it. Whoever was
/// told that a payment is recorded finds it recorded, once; whoever was told that it is not never finds it; each is asked for
/// until it is recorded.
/// </summary>
public sealed class UnknownOutcomeTests(ITestOutputHelper output)
{
    private const int Rounds = 120;

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, true, false)]
    [InlineData(3, false, true)]
    [InlineData(4, true, true)]
    public void A_commit_whose_connection_is_cut_is_found_or_never_happens(int seed, bool locked, bool alone)
    {
        var database = MigratedDatabase.New();
        using var proxy = new CuttingProxy(TestPostgres.Shared.Port, seed);
        var through = new NpgsqlConnectionStringBuilder(database) { Port = proxy.Port }.ConnectionString;
        using var store = MigratedDatabase.Open(through, alone ? TimeSpan.Zero : TimeSpan.FromDays(1));
        using var writer = new LedgerWriter(store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000_000)));
        var random = new Random(seed);
        var (paid, lost, found) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var payments = Enumerable.Range(0, random.Next(1, 20)).Select(i => (Key: IdempotencyKey.Of(1, $"{round}/{i}", "A"), Id: draft.NextId())).ToList();
            paid += payments.Count;
            var opens = locked ? $"account_{round}" : null;
            var cuts = round % 5 == 4 ? 2 : 1;
            for (var cut = 0; cut < cuts; cut++)
                proxy.CutNextCommit((Cut)random.Next(1, 5));
            for (var tries = 0; payments.Count > 0 || opens is not null; tries++)
            {
                Assert.True(tries < 10, "It is refused again and again.");
                draft.Reload();
                var entries = payments.Select(payment => (Payment: (Key: payment.Key, Id: payment.Id), Entry: draft.Pay("A", "B", 1, payment.Key, id: payment.Id))).ToList();
                var opening = opens is null ? null : draft.Open(opens);
                foreach (var entry in entries.Select(static pair => pair.Entry).Concat(opening is null ? [] : [opening]))
                    Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
                var uncertain = false;
                while (writer.CommitQueued() is var step && step != WriterStep.Idle)
                    uncertain |= step == WriterStep.TryAgain;
                foreach (var (payment, entry) in entries)
                {
                    var outcome = Outcome(entry);
                    Assert.Contains(outcome, new[] { Refusal.None, Refusal.OutcomeLost, Refusal.StaleVersion });
                    (found, lost) = (found + (outcome == Refusal.None && uncertain ? 1 : 0), lost + (outcome == Refusal.OutcomeLost ? 1 : 0));
                    // What is told to be there is there at this moment; what is told to be lost is not.
                    Assert.Equal(outcome == Refusal.None, store.Reader.FindByKey(payment.Key).Now()?.Id == payment.Id);
                    if (outcome == Refusal.None)
                        payments.Remove(payment);
                }

                if (opening is null)
                    continue;
                draft.Forget(opens!);
                if (Outcome(opening) == Refusal.None)
                    opens = null;
            }
        }

        foreach (var cut in Enum.GetValues<Cut>())
            output.WriteLine($"{cut}: {proxy.Counts.GetValueOrDefault(cut)}");
        output.WriteLine($"{paid} payments; of those in a commit of unknown outcome {found} were found, {lost} were lost and paid again");
        Assert.All(Enum.GetValues<Cut>(), cut => Assert.True(proxy.Counts.GetValueOrDefault(cut) > 0, $"{cut} never happened."));
        Assert.True(found > 0 && lost > 0);
        CheckBooks(database, paid, locked ? Rounds : 0);
    }

    private static Refusal Outcome(JournalEntry entry)
    {
        Assert.True(entry.Committed.IsCompleted);
        return entry.Committed.GetAwaiter().GetResult();
    }

    // On a connection of its own, past the proxy: every key has one row, and the balances are what was paid.
    private static void CheckBooks(string database, int paid, int opened)
    {
        using var source = NpgsqlDataSource.Create(database);
        Assert.Equal((long)paid, Scalar(source, "select count(*) from key"));
        Assert.Equal((long)paid, Scalar(source, "select count(distinct key) from log where type = 1"));
        Assert.Equal((long)paid, Scalar(source, "select count(*) from log where type = 1"));
        Assert.Equal((long)paid, Scalar(source, "select c.credits_posted from counters_now c join account a on a.number = c.account where a.id = 'B'"));
        Assert.Equal((long)opened, Scalar(source, "select count(*) from account where id like 'account%'"));
        Assert.Equal(0L, Scalar(source, "select count(*) from log_head h where h.last_position <> (select count(*) from log) or h.last_position <> (select max(position) from log)"));
    }

    private static object? Scalar(NpgsqlDataSource source, string sql)
    {
        using var command = source.CreateCommand(sql);
        return command.ExecuteScalar();
    }
}
