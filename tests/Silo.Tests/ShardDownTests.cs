using System.Collections.Concurrent;
using System.Diagnostics;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Servers;
using Silo.Embedded;

namespace Silo.Tests;

/// <summary>One shard's server stops: the other one's work goes on, payments between them are refused before they are debited, and nothing is lost.</summary>
public sealed class ShardDownTests : IAsyncLifetime
{
    private const int QueueLimit = 60;
    private const int Debtors = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string data = Directory.CreateTempSubdirectory("payments-shard-down-").FullName;
    private readonly string database = TestPostgres.NewDatabase();
    private readonly OwnServer other = TestPostgres.StartOwn();
    private readonly ConcurrentQueue<DueCall> reminders = [];
    private EmbeddedEdition edition = null!;
    private AccountId[] debtors = [];
    private AccountRecord creditor = null!;
    private int keys;

    public async Task InitializeAsync()
    {
        string[] places = [database, other.Server.NewDatabase()];
        edition = EmbeddedEdition.Open(
            OpenLedger.InPostgres([.. places.Select(static place => PostgresSettings.Parse(place, isProduction: false))], null, TimeProvider.System),
            data, new LedgerOptions { QueueLimit = QueueLimit }, new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, TimeProvider.System);
        ((EmbeddedGrains)edition.Grains).Register<IReminderGrain>(_ => new ReminderGrain(this), static handle => new ReminderReference(handle));
        edition.Due.Register<IReminderGrain>("remind");
        debtors = await Open(0, Debtors);
        creditor = (await edition.Shards.Directory.Find((await Open(1, 1))[0]))!;
        foreach (var debtor in debtors)
            Assert.Equal(AccountOutcome.Recorded, (await Grain(debtor).Fund(new FundAccount(Origin(), 1_000))).Outcome);
        Assert.Equal(PaymentStatus.Settled, (await Pay(debtors[0], Key())).Payment?.Status);
    }

    public async Task DisposeAsync()
    {
        await edition.DisposeAsync();
        other.Dispose();
        TestPostgres.Shared.Drop(database);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task The_other_shards_work_goes_on_at_its_pace_and_what_was_debited_settles()
    {
        other.Server.Stop();
        // All at once, before it is known that the shard is away: as many are debited as have places.
        var keyOf = debtors.ToDictionary(static debtor => debtor, _ => Key());
        var answers = await Task.WhenAll(debtors.Select(debtor => Pay(debtor, keyOf[debtor]))).WaitAsync(Patience);
        var debited = answers.Count(static answer => answer.Outcome == SubmitOutcome.Recorded);
        Assert.Equal(Debtors - debited, answers.Count(static answer => answer.Outcome == SubmitOutcome.OtherShardAway));
        Assert.InRange(debited, 1, QueueLimit);
        Assert.All(answers, static answer => Assert.True(answer.Payment is null or { Status: PaymentStatus.Pending }));
        Assert.InRange(edition.Shards.Writers[1].QueueDepth, 0, QueueLimit);

        // Now it is known: refused at once, and nothing is debited; but who has an answer gets it again.
        var refused = Array.FindIndex(answers, static answer => answer.Outcome == SubmitOutcome.OtherShardAway);
        var started = Stopwatch.GetTimestamp();
        Assert.Equal(SubmitOutcome.OtherShardAway, (await Pay(debtors[refused], keyOf[debtors[refused]])).Outcome);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1), $"Refused after {Stopwatch.GetElapsedTime(started)}.");
        Assert.Equal(1_000, await Posted(debtors[refused]) + (refused == 0 ? 1 : 0));
        var pending = Array.FindIndex(answers, static answer => answer.Outcome == SubmitOutcome.Recorded);
        var again = await Pay(debtors[pending], keyOf[debtors[pending]]);
        Assert.Equal((answers[pending].Payment?.Id, PaymentStatus.Pending, true), (again.Payment?.Id, again.Payment?.Status, again.Replayed));

        // All of them are due, before work of another kind.
        edition.Clock.Advance(TimeSpan.FromHours(1));
        await Remind(1_000);
        started = Stopwatch.GetTimestamp();
        await Until(() => reminders.Count >= 1_000, "the other work of the shard that is there is done");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"The other work waited {Stopwatch.GetElapsedTime(started)}.");
        Assert.Equal(SubmitOutcome.Recorded, (await Grain(debtors[1]).Submit(Instruction(debtors[1], (await edition.Shards.Directory.Find(debtors[2]))!, Key()))).Outcome);

        await other.Server.Restart(CancellationToken.None);
        edition.Clock.Advance(TimeSpan.FromHours(1));
        await Until(async () => (await edition.Shards.Reader.FindAccount(creditor.Number))!.Counters.CreditsPosted == debited + 1, "every payment that was debited is credited, once",
            async () => $"{(await edition.Shards.Reader.FindAccount(creditor.Number))!.Counters.CreditsPosted} of {debited + 1}; {(await edition.Writer.Reader.Due(long.MaxValue, 2_000)).Count} due; {edition.Shards.Writers[1].QueueDepth} wait, stuck for {edition.Shards.Writers[1].StuckFor}; {edition.Ended.Exception}");
        await Until(async () => (await edition.Writer.Reader.Due(long.MaxValue, 2_000)).Count == 0, "no payment is under way any more");
        await Until(async () => (await Pay(debtors[refused], keyOf[debtors[refused]])).Payment?.Status == PaymentStatus.Settled, "what was refused is taken now");
        Assert.Equal(debited + 2, (await edition.Shards.Reader.FindAccount(creditor.Number))!.Counters.CreditsPosted);
    }

    private async Task<AccountId[]> Open(int shard, int count)
    {
        var ids = Enumerable.Range(0, 100_000).Select(number => AccountId.Parse($"down_{shard}_{number}")).Where(id => edition.Shards.ShardOf(id) == shard).Take(count).ToArray();
        foreach (var id in ids)
            Assert.Equal(AccountOutcome.Recorded, (await Grain(id).Open(new OpenAccount(Origin(), 1, Currency.Usd, 0, AccountLimits.None, null))).Outcome);
        return ids;
    }

    private Task<SubmitAnswer> Pay(AccountId debtor, IdempotencyKey key) => Grain(debtor).Submit(Instruction(debtor, creditor, key));

    private static PaymentInstruction Instruction(AccountId debtor, AccountRecord creditor, IdempotencyKey key) => new()
    {
        Tenant = 1,
        Debtor = debtor,
        Creditor = new CreditorFacts(creditor.Id, creditor.Number, creditor.Currency, Closed: false),
        Amount = new Money(1, Currency.Usd),
        Key = key,
        RequestHash = 1,
    };

    private async Task Remind(int count)
    {
        var at = edition.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var items = Enumerable.Range(0, count).Select(number => new DueItem(at, $"reminder{number}", "remind", number)).ToArray();
        var entry = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = SystemCent.To(SystemAccount.Fees, edition), DueAdded = items };
        edition.Writer.EnqueueReplay(entry);
        Assert.Equal(Refusal.None, await entry.Committed);
    }

    // Struck off with a cent from one system account to another.
    private async Task<DueOutcome> Reminded(DueCall call)
    {
        reminders.Enqueue(call);
        var entry = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = SystemCent.To(SystemAccount.Fees, edition), DueDone = [new DueItem(call.AtMs, $"reminder{call.Id}", call.Kind, call.Id)] };
        edition.Writer.EnqueueReplay(entry);
        Assert.Equal(Refusal.None, await entry.Committed);
        return DueOutcome.Done;
    }

    private async Task<long> Posted(AccountId account) => (await edition.Shards.Reader.FindAccount(account))!.Counters.Posted;

    private IAccountGrain Grain(AccountId id) => edition.Grains.Get<IAccountGrain>(id.Value);

    private CommandOrigin Origin() => new(1, Key(), 1);

    private IdempotencyKey Key() => IdempotencyKey.Of(1, $"key {++keys}", "test");

    private static Task Until(Func<bool> holds, string what) => Until(() => Task.FromResult(holds()), what);

    private static async Task Until(Func<Task<bool>> holds, string what, Func<Task<string>>? instead = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                Assert.Fail($"Never: {what}. {(instead is null ? "" : await instead())}");
            await Task.Delay(20);
        }
    }

    private interface IReminderGrain : IDueWork;

    private sealed class ReminderGrain(ShardDownTests test) : IReminderGrain
    {
        public Task<DueOutcome> DoDue(DueCall call) => test.Reminded(call);
    }

    private sealed class ReminderReference(GrainHandle handle) : IReminderGrain
    {
        public Task<DueOutcome> DoDue(DueCall call) => handle.Call(static (IReminderGrain grain, DueCall c) => grain.DoDue(c), call);
    }
}
