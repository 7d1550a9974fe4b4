using System.Collections.Concurrent;
using Grains.Interfaces.Accounts;
using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>
/// Processes that commit all the time on one database, while tails are begun and ended, swept and vacuumed, connections cut, fences moved,
/// and processes come and go: what was answered is there once, and nothing else is.
/// </summary>
public sealed class ManyWritersTests : IDisposable
{
    private const int Processes = 3;
    private const int Accounts = 4;
    private readonly string database = MigratedDatabase.New();
    private readonly PostgresStore first;
    private readonly JournalDraft draft;

    public ManyWritersTests()
    {
        first = Open(TimeSpan.Zero);
        draft = new JournalDraft(first);
        for (var process = 0; process < Processes; process++)
            for (var account = 0; account < Accounts; account++)
            {
                Assert.Equal([Refusal.None], draft.CommitAll(draft.Open(Name(process, account))));
                Assert.Equal(Refusal.None, draft.Commit(draft.Fund(Name(process, account), 300)));
            }
    }

    public void Dispose()
    {
        first.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 40)]
    [InlineData(4, 40)]
    public async Task Whatever_happens_around_them_each_payment_is_there_once(int seed, int inPlaceMs)
    {
        var answered = new ConcurrentDictionary<long, Refusal>();
        using var over = new CancellationTokenSource();
        var processes = Enumerable.Range(0, Processes).Select(process => Task.Run(() => Pay(process, seed, TimeSpan.FromMilliseconds(inPlaceMs), answered))).ToArray();
        var disturber = Task.Run(() => Disturb(new Random(seed), over.Token));
        await Task.WhenAll(processes).WaitAsync(TimeSpan.FromMinutes(3));
        await over.CancelAsync();
        await disturber;
        var there = Ids("select id from log where kind = 1 and type = 1");
        Assert.Equal(answered.Where(static one => one.Value == Refusal.None).Select(static one => one.Key).Order(), there);
        Assert.True(there.Count > 100, $"Only {there.Count} payments were settled.");
        Assert.Equal(Processes * Accounts * 300, Names().Sum(name => draft.Account(name).Counters.Posted));
        Assert.All(Names(), name => Assert.True(draft.Account(name).Counters.Posted >= 0));
        Assert.Empty(PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).Findings);
    }

    private static string Name(int process, int account) => $"p{process}-{account}";

    private static IEnumerable<string> Names() => from process in Enumerable.Range(0, Processes) from account in Enumerable.Range(0, Accounts) select Name(process, account);

    // Pays from accounts of its own to those of all, some batches at a time; and comes anew now and then, as a process that was killed.
    private void Pay(int process, int seed, TimeSpan inPlaceFor, ConcurrentDictionary<long, Refusal> answered)
    {
        var random = new Random((seed * 100) + process);
        for (var life = 0; life < 3; life++)
        {
            using var store = Opened(inPlaceFor);
            using var writer = new LedgerWriter(store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);
            for (var batch = 0; batch < 25; batch++)
            {
                JournalEntry[] entries;
                lock (draft)
                {
                    Again(draft.Reload);
                    entries = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => draft.Pay(Name(process, random.Next(Accounts)), To(random, process), random.Next(1, 60)))];
                    if (random.Next(6) == 0)
                        entries = [.. entries, draft.ChangeStatus(Name(process, 0), batch % 2 == 0 ? AccountStatus.Frozen : AccountStatus.Open)];
                }

                foreach (var entry in entries)
                    Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
                while (writer.CommitQueued() != WriterStep.Idle)
                {
                }

                foreach (var entry in entries.Where(static entry => entry.Row.Amount > 0))
                    Assert.True(answered.TryAdd(entry.Row.Id, entry.Outcome));
                if (random.Next(4) == 0)
                    Again(() => store.CatchUp());
            }
        }
    }

    private void Disturb(Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            switch (random.Next(5))
            {
                case 0:
                    Execute("select sweep_counters()");
                    break;
                case 1:
                    Execute("with moved as (update writer set fence = fence + 1 returning 1) select sweep_counters() from (select count(*) from moved) m");
                    break;
                case 2:
                    Execute("select pg_terminate_backend(pid) from (select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1) one");
                    break;
                case 3:
                    Opened(TimeSpan.Zero).Dispose();
                    break;
            }

            cancellationToken.WaitHandle.WaitOne(random.Next(60));
        }
    }

    private static string To(Random random, int process)
    {
        var other = random.Next(Processes);
        return other == process ? Name((process + 1) % Processes, random.Next(Accounts)) : Name(other, random.Next(Accounts));
    }

    // The disturber cuts these connections, too.
    private static void Again(Action work)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                work();
                return;
            }
            catch (LedgerStoreException failure) when (failure.IsTransient && tries < 20)
            {
                Thread.Yield();
            }
        }
    }

    private PostgresStore Opened(TimeSpan inPlaceFor)
    {
        PostgresStore? store = null;
        Again(() => store = Open(inPlaceFor));
        return store!;
    }

    private PostgresStore Open(TimeSpan inPlaceFor) => MigratedDatabase.Open(database, inPlaceFor);

    private void Execute(string sql)
    {
        try
        {
            MigratedDatabase.Execute(database, sql);
        }
        catch (PostgresException failure) when (failure.SqlState is PostgresErrorCodes.DeadlockDetected)
        {
            // Whom of two the server ends is its own choice; what is tested goes on.
            Thread.Yield();
        }
    }

    private List<long> Ids(string sql)
    {
        using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        using var command = source.CreateCommand(sql + " order by 1");
        using var reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read())
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
