using System.Net;
using Grains.Interfaces.Values;
using Ledger.EventLog;
using Ledger.Postgres;
using Ledger.Shards;
using Npgsql;
using Servers;

namespace Crash.Postgres;

/// <summary>
/// Random payments between two shards, each a server of its own, through two processes that are killed at random moments: afterwards
/// nothing is half done. <c>PAYMENTS_TRANSFERS</c> says how many are to be, when it is to be more than a test run has time for.
/// </summary>
public sealed class TransfersTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int TransfersOfTestRun = 1_000;
    private const int PaymentsARound = 400;
    private const int Accounts = 24;
    private const int Connections = 24;
    private const int ClosingARound = 12;

    private static readonly ShardMap Map = ShardMap.Spread(2);

    [Fact]
    public async Task Killed_at_any_moment_no_transfer_between_shards_stays_half_done()
    {
        var total = int.TryParse(Environment.GetEnvironmentVariable("PAYMENTS_TRANSFERS"), out var asked) ? asked : TransfersOfTestRun;
        var seed = Environment.TickCount;
        log.WriteLine($"Seed {seed}, {total} transfers.");
        var random = new Random(seed);
        using var data = new DataDirectory();
        using var dataOfOther = new DataDirectory();
        using var first = new ShardServer();
        using var second = new ShardServer();
        var all = new List<Submission>();
        var kills = 0;
        for (var round = 0; round == 0 || Transfers(first) + Transfers(second) < total; round++)
        {
            var starting = PaymentsProcess.Start(Product(dataOfOther));
            await using var product = await PaymentsProcess.Start(Product(data));
            await using var other = await starting;
            using var bank = new BankClient(product.Address, Connections);
            using var bankOfOther = new BankClient(other.Address, Connections);
            if (round == 0)
                await OpenAccounts(bank);
            all.AddRange(await KillUnderLoad((product, bank), (other, bankOfOther), round, random));
            kills += 2;
        }

        await using var last = await PaymentsProcess.Start(Product(data));
        using var client = new BankClient(last.Address, Connections);
        await AskAgain(client, all);
        await UntilNothingIsUnderWay(first, second);
        await ExpectAnswers(client, all);

        var (credited, refused) = (first.Number("select count(*) from log where type = 10") + second.Number("select count(*) from log where type = 10"),
            first.Number("select count(*) from log where type = 11") + second.Number("select count(*) from log where type = 11"));
        log.WriteLine($"{kills} kills, {all.Count} payments, {credited} credited by another shard, {refused} refused by another shard.");
        Assert.InRange(credited + refused, total, long.MaxValue);
        Assert.InRange(refused, 1, long.MaxValue);
        NothingIsHalfDone(first, second);
        NothingIsHalfDone(second, first);
        Assert.Equal(first.Number(ShardServer.Transit(1)), -second.Number(ShardServer.Transit(0)));
        foreach (var shard in new[] { first, second })
        {
            Assert.Equal(0, shard.Number("select sum(credits_pending - debits_pending)::bigint from counters_now"));
            Assert.Equal(0, shard.Number("select sum(credits_posted - debits_posted)::bigint from counters_now"));
            var audit = shard.Audit();
            Assert.True(audit.IsSound, string.Join('\n', audit.Findings));
        }

        ProductOptions Product(DataDirectory directory) => new()
        {
            Data = directory.Path,
            Environment = { ["Payments__Ledger__Shards__0"] = first.Connection, ["Payments__Ledger__Shards__1"] = second.Connection },
        };
    }

    private static long Transfers(ShardServer home) => home.Number("select count(*) from log where type = 8");

    /// <summary>Of each payment that left this shard: one decision there, one end here, and the end that was decided.</summary>
    private static void NothingIsHalfDone(ShardServer home, ShardServer there)
    {
        var left = home.Numbers("select id from log where type = 8 order by id");
        Assert.Equal(left, there.Numbers("select payment from log where type in (10, 11) order by payment"));
        Assert.Equal(left, home.Numbers("select payment from log where type in (1, 2) and payment is not null order by payment"));
        Assert.Equal(there.Numbers("select payment from log where type = 11 order by payment"), home.Numbers("select payment from log where type = 2 and payment is not null order by payment"));
        // What was refused went back, whole.
        Assert.Equal(0, home.Number("select count(*) from log e join log p on p.id = e.payment where e.type = 2 and (e.kind <> 1 or e.amount <> p.amount or e.debtor <> p.creditor or e.creditor <> p.debtor)"));
        Assert.Equal(0, home.Number("select count(*) from due where kind = 'transfer'"));
    }

    // Half of them on each shard.
    private static string Account(int number) => OnShard(number % 2, $"moving_{number}");

    private static string OnShard(int shard, string name)
    {
        while (Map.ShardOf(AccountId.Parse(name)) != shard)
            name += "x";
        return name;
    }

    private static async Task OpenAccounts(BankClient bank)
    {
        for (var i = 0; i < Accounts; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await bank.Post("accounts", $$"""{"id":"{{Account(i)}}","currency":"USD"}""", $"open {i}")).Status);
            Assert.Equal(HttpStatusCode.OK, (await bank.Post($"sandbox/accounts/{Account(i)}/fund", """{"amount":"1000.00"}""", $"fund {i}")).Status);
        }
    }

    // Every payment is to the other shard, through two processes that both end by SIGKILL. Accounts are closed through the one while
    // the other still believes that they are open: some of what is on its way to them is refused there, and goes back.
    private static async Task<List<Submission>> KillUnderLoad((PaymentsProcess Process, BankClient Bank) product, (PaymentsProcess Process, BankClient Bank) other, int round, Random random)
    {
        var closing = Enumerable.Range(0, ClosingARound).Select(i => OnShard(i % 2, $"closing_{round}_{i}_")).ToArray();
        foreach (var account in closing)
        {
            Assert.Equal(HttpStatusCode.Created, (await product.Bank.Post("accounts", $$"""{"id":"{{account}}","currency":"USD"}""", $"open {account}")).Status);
            Assert.Equal(HttpStatusCode.OK, (await product.Bank.Post("payments?dryRun=true", Payment(Account(0), account, "1.00"))).Status);
        }

        var sent = new List<Submission>();
        for (var i = 0; i < PaymentsARound; i++)
        {
            var debtor = random.Next(Accounts);
            var there = 1 - (debtor % 2);
            var creditor = random.Next(5) == 0 ? closing[(random.Next(ClosingARound / 2) * 2) + there] : Account((random.Next(Accounts / 2) * 2) + there);
            sent.Add(new Submission("payments", $"{round}-{i}", Payment(Account(debtor), creditor, $"{random.Next(1, 20)}.{random.Next(100):00}")));
        }

        var killAfter = random.Next(PaymentsARound / 8, PaymentsARound * 7 / 8);
        var killOtherAfter = killAfter + random.Next(PaymentsARound / 8);
        var (answered, next) = (0, -1);
        var (dead, otherDead) = (new TaskCompletionSource(), new TaskCompletionSource());
        async Task Send(BankClient bank, Task over)
        {
            while (!over.IsCompleted && Interlocked.Increment(ref next) is var i && i < sent.Count)
            {
                try
                {
                    sent[i].Take(await sent[i].SendTo(bank));
                    Interlocked.Increment(ref answered);
                }
                catch (HttpRequestException) when (over.IsCompleted)
                {
                    return;
                }
            }
        }

        async Task Close(string account, int after)
        {
            while (Volatile.Read(ref answered) < after && !otherDead.Task.IsCompleted)
                await Task.Delay(1);
            try
            {
                await other.Bank.Post($"accounts/{account}/close", "{}", $"close {account}");
            }
            catch (HttpRequestException) when (otherDead.Task.IsCompleted)
            {
            }
        }

        var working = Enumerable.Range(0, Connections - 6).Select(i => Task.Run(() => i % 4 == 0 ? Send(other.Bank, otherDead.Task) : Send(product.Bank, dead.Task))).ToList();
        working.AddRange(closing.Select((account, i) => Task.Run(() => Close(account, i * 4))));
        await Until(killAfter);
        dead.SetResult();
        await product.Process.Kill();
        await Until(killOtherAfter);
        otherDead.SetResult();
        await other.Process.Kill();
        await Task.WhenAll(working);
        return sent;

        async Task Until(int answers)
        {
            while (Volatile.Read(ref answered) < answers && working.Exists(static task => !task.IsCompleted))
                await Task.Delay(1);
        }
    }

    private static string Payment(string debtor, string creditor, string amount) =>
        $$"""{"amount":"{{amount}}","currency":"USD","debtorAccount":"{{debtor}}","creditorAccount":"{{creditor}}"}""";

    private static Task AskAgain(BankClient bank, List<Submission> all) => Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (submission, _) =>
    {
        while (!submission.Take(await submission.SendTo(bank)))
            await Task.Delay(20, CancellationToken.None);
    });

    // Once more: the first answers must come back, byte for byte; and what was pending has an end.
    private static async Task ExpectAnswers(BankClient bank, List<Submission> all)
    {
        await AskAgain(bank, all);
        await Parallel.ForEachAsync(all.DistinctBy(static one => one.Key), new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (submission, _) =>
        {
            using var first = System.Text.Json.JsonDocument.Parse(submission.Answered!);
            var now = await bank.Read($"payments/{first.RootElement.GetProperty("id").GetString()}");
            var (then, status) = (first.RootElement.GetProperty("status").GetString(), now.GetProperty("status").GetString());
            Assert.True(then == status || (then == "pending" && status is "settled" or "rejected"), $"{submission.Answered} became {now}");
        });
    }

    private static async Task UntilNothingIsUnderWay(ShardServer first, ShardServer second)
    {
        const string UnderWay = "select count(*) from due where kind = 'transfer'";
        using var patience = new CancellationTokenSource(PaymentsProcess.Patience);
        while (first.Number(UnderWay) + second.Number(UnderWay) > 0)
            await Task.Delay(200, patience.Token);
    }

    /// <summary>A server of its own for one shard.</summary>
    private sealed class ShardServer : IDisposable
    {
        private readonly OwnServer own = TestPostgres.StartOwn();

        public ShardServer() => Connection = own.Server.NewDatabase();

        public string Connection { get; }

        public static string Transit(int peer) => $"select coalesce(sum(c.credits_posted - c.debits_posted), 0)::bigint from counters_now c where c.account = {((20 + peer) * 1000) + 840}";

        public List<long> Numbers(string sql)
        {
            using var open = new NpgsqlConnection(Connection + ";Pooling=false");
            open.Open();
            using var command = new NpgsqlCommand(sql, open);
            using var reader = command.ExecuteReader();
            var numbers = new List<long>();
            while (reader.Read())
                numbers.Add(reader.GetInt64(0));
            return numbers;
        }

        public long Number(string sql) => Assert.Single(Numbers(sql));

        public AuditReport Audit() => PostgresAudit.Verify(PostgresSettings.Parse(Connection, isProduction: false), progress: null, CancellationToken.None);

        public void Dispose() => own.Dispose();
    }
}
