using System.Buffers;
using System.Text;
using System.Text.Json;
using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Reconciliation;
using Grains.Interfaces.Values;
using Grains.Reconciliation;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Checkout.Tests;

/// <summary>Books that are compared while the product runs: clean ones agree, and each kind of break is found, named, kept and closed.</summary>
public sealed class ReconciliationTests
{
    [Fact]
    public async Task A_full_day_agrees_with_itself_and_with_the_acquirer()
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        await FullDay(bench);
        await work.Run();
        Assert.Empty(work.Reconciliation.Open);
        Assert.False(work.Reconciliation.HasUnasked);
        Assert.True(work.Compared["entry"] > 40, $"{work.Compared["entry"]} entries");
        // Each call that was made, by the acquirer's own book.
        Assert.Equal(bench.Book.Entries.Count, work.Compared["call"]);
        Assert.Equal(1, work.Compared["books"]);
        Assert.Empty(work.PassedOver);
    }

    [Theory]
    [InlineData("pm_card_visa", "amount", "acquirer_amount", "We booked 10000 for this authorize; the acquirer says 9999.")]
    [InlineData("pm_card_visa", "nothing", "acquirer_missing", "We booked 10000 for this authorize; the acquirer knows nothing of it.")]
    [InlineData("pm_card_visa", "declined", "acquirer_outcome", "We booked 10000 for this authorize; the acquirer refused it.")]
    [InlineData("pm_card_visa_chargeDeclined", "approved", "acquirer_outcome", "The acquirer did this authorize over 10000; we booked nothing.")]
    public async Task An_acquirer_that_says_otherwise_is_a_break_until_it_agrees(string card, string says, string kind, string detail)
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        bench.Acquirer.Says = (_, answer) => says switch
        {
            "amount" => answer! with { Amount = answer.Amount - 1 },
            "nothing" => null,
            "declined" => new AcquirerAnswer(AcquirerOutcome.Declined),
            _ => new AcquirerAnswer(AcquirerOutcome.Approved) { Amount = 10_000 },
        };
        await bench.Pay(card);
        await work.Run();
        var found = Assert.Single(work.Reconciliation.Open);
        Assert.Equal((kind, detail), (found.Kind.Name(), found.Detail));
        Assert.EndsWith(":1", found.Subject);

        // Another process goes on with what is open; the break ends with the disagreement.
        var next = await Work.Start(bench);
        Assert.Equal(found, Assert.Single(next.Reconciliation.Open));
        await next.Run();
        Assert.Single(next.Reconciliation.Open);
        bench.Acquirer.Says = null;
        await next.Run();
        Assert.Empty(next.Reconciliation.Open);
        var last = await Work.Start(bench);
        Assert.Empty(last.Reconciliation.Open);
    }

    [Theory]
    [InlineData(AcquirerOperation.Capture)]
    [InlineData(AcquirerOperation.Refund)]
    [InlineData(AcquirerOperation.Void)]
    public async Task Each_call_is_asked_for_by_its_own_key(AcquirerOperation operation)
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        bench.Acquirer.Says = (key, answer) => bench.Book.Entries.Any(entry => entry.Request.Key == key && entry.Request.Operation == operation) ? null : answer;
        await FullDay(bench);
        await work.Run();
        Assert.Equal(
            bench.Book.Entries.Where(entry => entry.Request.Operation == operation && entry.Answer.Outcome == AcquirerOutcome.Approved).Select(static entry => entry.Request.Key).Order(),
            work.Reconciliation.Open.Select(static each => each.Subject).Order());
        Assert.All(work.Reconciliation.Open, static each => Assert.Equal(BreakKind.AcquirerMissing, each.Kind));
    }

    [Fact]
    public async Task A_call_that_is_under_way_over_an_end_of_the_process_is_compared_once_it_ends()
    {
        await using var bench = MerchantBench.Start();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Acquirer.Then = async _ =>
        {
            asked.TrySetResult();
            await answer.Task;
        };
        bench.Acquirer.Says = static (_, _) => null;
        var first = await Work.Start(bench);
        var payment = bench.Pay();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await first.Run();
        Assert.Empty(first.Reconciliation.Open);
        answer.SetResult();
        (await payment).Is(200);

        var second = await Work.Start(bench);
        await second.Run();
        Assert.Equal(BreakKind.AcquirerMissing, Assert.Single(second.Reconciliation.Open).Kind);
    }

    [Fact]
    public async Task An_acquirer_that_is_silent_is_no_break_and_is_asked_again()
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        bench.Acquirer.Asked = static _ => throw new AcquirerSilentException();
        (await bench.Pay()).Is(200);
        await work.Run();
        Assert.Empty(work.Reconciliation.Open);
        Assert.True(work.Reconciliation.HasUnasked);
        bench.Acquirer.Asked = null;
        var next = await Work.Start(bench);
        await next.Run();
        Assert.Equal(1, next.Compared["call"]);
        Assert.Empty(next.Reconciliation.Open);
    }

    [Fact]
    public async Task An_entry_whose_transfers_are_not_what_its_documents_say_is_named()
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        (await bench.Pay()).Is(200);
        var owner = (await bench.Edition.Writer.Reader.FindAccount(AccountId.Parse("m")))!;
        var balance = (await bench.Edition.Writer.Reader.ListAccounts(null, 0, 1_000, newestFirst: false)).Single(static account => account.Id.Value.StartsWith("m:balance", StringComparison.Ordinal));
        // A fee that no balance transaction shows, recorded as if the merchant's grain had.
        await Record(bench, owner, balance.Number, static _ => { });
        await work.Run();
        var found = Assert.Single(work.Reconciliation.Open);
        Assert.Equal((BreakKind.Balance, "Its balance transactions say 0 USD; its transfers moved -7."), (found.Kind, found.Detail));
        Assert.StartsWith("evt_", found.Subject);
    }

    [Theory]
    [InlineData((byte)DocumentKind.BalanceTransaction, "{", "")]
    [InlineData((byte)DocumentKind.BalanceTransaction, """{"amount":9223372036854775807,"fee":-1,"currency":"usd"}""", "")]
    [InlineData((byte)DocumentKind.PaymentIntent, "{}", "{")]
    public async Task An_entry_that_cannot_be_read_is_passed_over_and_what_follows_it_is_compared(byte kind, string seen, string kept)
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        (await bench.Pay()).Is(200);
        var owner = (await bench.Edition.Writer.Reader.FindAccount(AccountId.Parse("m")))!;
        var balance = (await bench.Edition.Writer.Reader.ListAccounts(null, 0, 1_000, newestFirst: false)).Single(static account => account.Id.Value.StartsWith("m:balance", StringComparison.Ordinal));
        await Record(bench, owner, balance.Number, frame =>
        {
            frame.Write(Encoding.UTF8.GetBytes(seen));
            frame.Write(Encoding.UTF8.GetBytes(kept));
            frame.Add(kind, 1_000_000, 1, seen.Length, kept.Length);
        });
        (await bench.Pay(merchant: "n")).Is(200);
        await work.Run();
        Assert.Equal(1, work.PassedOver["entry"]);
        Assert.Equal(2, work.Compared["call"]);
        Assert.DoesNotContain(work.Reconciliation.Open, static each => each.Attempt is not null);
        // What was read is not read again.
        var next = await Work.Start(bench);
        Assert.Equal(0, await next.Reconciliation.Read());
    }

    [Fact]
    public async Task A_call_of_which_the_acquirer_tells_nonsense_is_passed_over_and_the_next_one_is_asked_for()
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        (await bench.Pay()).Is(200);
        (await bench.Pay()).Is(200);
        var asked = 0;
        bench.Acquirer.Asked = _ => asked++ == 0 ? throw new FormatException("Not an answer.") : Task.CompletedTask;
        await work.Run();
        Assert.False(work.Reconciliation.HasUnasked);
        Assert.Empty(work.Reconciliation.Open);
        Assert.Equal(1, work.Compared["call"]);
        Assert.Equal(1, work.PassedOver["call"]);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_a_break_stays_and_a_call_counts_as_passed_over()
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        bench.Acquirer.Says = static (_, _) => null;
        (await bench.Pay()).Is(200);
        await work.Run();
        var found = Assert.Single(work.Reconciliation.Open);

        // Another acquirer was configured.
        var other = await Work.Start(bench, static services => services with { Acquirers = new Dictionary<string, IAcquirer>() });
        (await bench.Pay()).Is(200);
        await other.Run();
        Assert.Equal(found, Assert.Single(other.Reconciliation.Open));
        Assert.Equal(1, other.PassedOver["call"]);
        Assert.False(other.Compared.ContainsKey("call"));
    }

    [Fact]
    public async Task Each_break_is_asked_for_again_in_its_turn()
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench, static services => services with { Options = new ReconciliationOptions { AsksPerSecond = 1 } });
        bench.Acquirer.Says = static (_, _) => null;
        for (var i = 0; i < 3; i++)
            (await bench.Pay()).Is(200);
        await work.Run();
        Assert.Equal(3, work.Reconciliation.Open.Count);
        var asked = new List<string>();
        bench.Acquirer.Asked = key =>
        {
            asked.Add(key);
            return Task.CompletedTask;
        };
        // The round that the first look began has two left.
        for (var i = 0; i < 5; i++)
            await work.Reconciliation.AskAgain(CancellationToken.None);
        Assert.Equal(5, asked.Count);
        Assert.Equal(3, asked.Take(3).Distinct().Count());
        Assert.Equal(3, asked.Skip(2).Distinct().Count());
    }

    [Fact]
    public async Task Beyond_those_that_are_followed_breaks_are_counted_only()
    {
        await using var bench = MerchantBench.Start();
        var many = Enumerable.Range(0, OpenBreaks.MostFollowed).Select(static each => new ReconciliationBreak(BreakKind.Balance, $"evt_{each}", "", 1)).ToList();
        bench.Edition.Registry.WriteSetting(ReconciliationState.Setting, JsonSerializer.Serialize(new ReconciliationState(many.Count, many), ReconciliationJson.Default.ReconciliationState));
        var work = await Work.Start(bench);
        bench.Acquirer.Says = static (_, _) => null;
        (await bench.Pay()).Is(200);
        await work.Run();
        Assert.Equal(OpenBreaks.MostFollowed, work.Reconciliation.Open.Count);
        Assert.Equal(1, work.PassedOver["break"]);
    }

    [Fact]
    public async Task Books_that_cannot_be_summed_keep_nothing_else_from_being_durable()
    {
        await using var bench = MerchantBench.Start();
        var work = await Work.Start(bench);
        bench.Acquirer.Says = static (_, _) => null;
        (await bench.Pay()).Is(200);
        SQLitePCL.Batteries_V2.Init();
        Assert.Equal(0, SQLitePCL.raw.sqlite3_open(bench.LedgerFile, out var database));
        using (database)
            Assert.Equal(0, SQLitePCL.raw.sqlite3_exec(database, "ALTER TABLE counters RENAME COLUMN credits_pending TO gone"));
        await work.Run();
        Assert.Equal(1, work.PassedOver["books"]);
        var next = await Work.Start(bench);
        Assert.Single(next.Reconciliation.Open);
        Assert.Equal(0, await next.Reconciliation.Read());
    }

    private static async Task FullDay(MerchantBench bench)
    {
        (await bench.Pay()).Is(200);
        (await bench.Pay("pm_card_visa_chargeDeclined")).Is(402);
        (await bench.Pay("pm_card_createDispute")).Is(200);
        var back = (await bench.Pay("pm_card_refundFail")).Is(200);
        (await bench.Run(new CreateRefund(null, back["id"], 4_000, null, null))).Is(200);
        var part = (await bench.Pay(manual: true)).Is(200);
        (await bench.Run(new CaptureIntent(part["id"], 6_000, true, null, null, null))).Is(200);
        (await bench.Run(new CreateRefund(null, part["id"], 2_500, null, null))).Is(200);
        var many = (await bench.Pay(manual: true, options: new CardOptionsUpdate(RequestMulticapture: "if_available", RequestIncrementalAuthorization: "if_available"))).Is(200);
        (await bench.Run(new IncrementAuthorization(many["id"], 12_000, null, null, null))).Is(200);
        (await bench.Run(new CaptureIntent(many["id"], 3_000, false, null, null, null))).Is(200);
        (await bench.Run(new CaptureIntent(many["id"], 2_000, false, null, null, null))).Is(200);
        (await bench.Run(new CancelIntent(many["id"], null))).Is(200);
        var released = (await bench.Pay(manual: true)).Is(200);
        (await bench.Run(new CancelIntent(released["id"], null))).Is(200);
        for (var i = 0; i < 3; i++)
            (await bench.Pay("pm_card_bypassPending")).Is(200);
        (await bench.Run(new CreatePayout(1_000, "usd", null, null, "standard", null, null))).Is(200);
        var canceled = (await bench.Run(new CreatePayout(500, "usd", null, null, "standard", null, null))).Is(200);
        (await bench.Run(new CancelPayout(canceled["id"]))).Is(200);
        for (var more = 0; more < 20; more++)
            (await bench.Pay(merchant: $"m{more % 4}")).Is(200);
    }

    private static async Task Record(MerchantBench bench, AccountRecord owner, long balance, Action<DocumentFrameWriter> states)
    {
        LogRow Row(EventType type, TransferKind kind, long debtor, long creditor, long amount, byte[] data, byte[]? sealedStates, long id) => new()
        {
            Id = id,
            Type = type,
            TimeMs = bench.Edition.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Tenant = owner.Tenant,
            Payment = kind == TransferKind.None ? 0 : id,
            Version = kind == TransferKind.None ? owner.EventVersion + 1 : 1,
            Kind = kind,
            Debtor = debtor,
            Creditor = creditor,
            Amount = amount,
            Currency = Currency.Usd,
            Data = data,
            Sealed = sealedStates,
        };
        var frame = new DocumentFrameWriter();
        states(frame);
        using var key = bench.Edition.MasterKey.Unwrap(owner.WrappedDataKey!);
        var id = bench.Edition.Writer.Ids.Next();
        var first = Row(EventType.MerchantRecorded, TransferKind.None, owner.Number, 0, 0, """{"subject":"m","events":[],"objects":[]}"""u8.ToArray(), key.Seal(id, frame.Encode()), id);
        var second = Row(EventType.FeeCharged, TransferKind.Posted, balance, SystemAccount.Fees.Number(Currency.Usd), 7, """{"subject":"ch_x"}"""u8.ToArray(), null, bench.Edition.Writer.Ids.Next());
        LeafHash.Seal(first);
        LeafHash.Seal(second);
        var entry = new JournalEntry { Owner = owner.Number, ExpectedVersion = owner.Version, Row = first, MoreRows = [second] };
        Assert.Equal(Admission.Admitted, bench.Edition.Writer.TryEnqueue(entry));
        Assert.Equal(Refusal.None, await entry.Committed);
    }

    /// <summary>One process's reconciliation, a look at a time.</summary>
    private sealed class Work
    {
        private readonly Dictionary<string, long> compared = [];
        private readonly Dictionary<string, long> passedOver = [];

        public ReconciliationRun Reconciliation { get; private set; } = null!;

        public IReadOnlyDictionary<string, long> Compared => compared;

        public IReadOnlyDictionary<string, long> PassedOver => passedOver;

        public static async Task<Work> Start(MerchantBench bench, Func<ReconciliationServices, ReconciliationServices>? but = null)
        {
            var edition = bench.Edition;
            var work = new Work();
            var services = new ReconciliationServices(
                edition.Shards, edition.Checkout.Documents, edition.Checkout.Acquirers, edition.Registry, edition.IsShared, new EventConsumers(), edition.Clock, TimeProvider.System, new ReconciliationOptions(), NullLogger<Reconciler>.Instance);
            work.Reconciliation = await ReconciliationRun.Load(but?.Invoke(services) ?? services, static () => Task.FromResult(true), Count(work.compared), Count(work.passedOver));
            return work;
        }

        /// <summary>All that there is to do.</summary>
        public async Task Run()
        {
            while (await Reconciliation.Read() > 0)
                await Reconciliation.Ask(1_000, CancellationToken.None);
            await Reconciliation.Ask(1_000, CancellationToken.None);
            await Reconciliation.AskAgain(CancellationToken.None);
            await Reconciliation.CompareBooks();
            Reconciliation.SaveBreaks();
            Reconciliation.SavePlace();
        }

        private static Action<string, long> Count(Dictionary<string, long> counts) => (what, count) => counts[what] = counts.GetValueOrDefault(what) + count;
    }
}
