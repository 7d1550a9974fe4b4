using System.Text.Json;
using Grains.Acquirers;
using Grains.Acquirers.Sandbox;
using Grains.Fraud;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Embedded;

namespace Checkout.Tests;

/// <summary>The product below its gateway, in this process: tests say what happens between an acquirer's deed and its answer.</summary>
internal sealed class MerchantBench : IAsyncDisposable
{
    private readonly string data;
    private readonly SandboxBook book;
    private int requests;
    private bool closed;

    private MerchantBench(string data, SandboxBook book, SandboxAcquirer inner, AcquirerOptions options, LedgerOptions ledger, RiskOptions? risk, long? disputesSince, string? database)
    {
        (this.data, this.book) = (data, book);
        Acquirer = new Between(inner, disputesSince);
        var opened = database is null ? OpenLedger.InDirectory(data) : OpenLedger.InPostgres([PostgresSettings.Parse(database, isProduction: false)], null, TimeProvider.System);
        Edition = EmbeddedEdition.Open(opened, data, ledger, new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, TimeProvider.System, options, Acquirer, risk);
    }

    public EmbeddedEdition Edition { get; }

    public Between Acquirer { get; }

    /// <summary>The acquirer's own.</summary>
    public SandboxBook Book => book;

    public string LedgerFile => Path.Combine(data, Ledger.Sqlite.SqliteStore.FileName);

    /// <param name="risk">Whether card attempts are judged.</param>
    /// <param name="disputesSince">From when on the acquirer's disputes are taken over; null where they are the sandbox's.</param>
    /// <param name="database">The PostgreSQL database that has the ledger; null where it is a file of the bench's own.</param>
    public static MerchantBench Start(LedgerOptions? ledger = null, VelocityOptions? velocity = null, bool risk = true, long? disputesSince = null, string? database = null)
    {
        var data = Directory.CreateTempSubdirectory("payments-bench-").FullName;
        var book = new SandboxBook(Path.Combine(data, "test.book"));
        return new MerchantBench(data, book, new SandboxAcquirer(book), new AcquirerOptions { TimeoutMs = 10_000, Velocity = velocity ?? new VelocityOptions() }, ledger ?? new LedgerOptions(), risk ? new RiskOptions() : null, disputesSince, database);
    }

    public long Tenant(string name) => Edition.Registry.AddTenant(name);

    public IMerchantGrain Merchant(string name) => Edition.Grains.Get<IMerchantGrain>(name);

    public async Task<BenchReply> Run(MerchantCommand command, string merchant = "m", string? key = null)
    {
        var number = Interlocked.Increment(ref requests);
        var facts = new RequestFacts($"req_{number}", key, "2024-04-10", [], "http://localhost");
        return new BenchReply(await Merchant(merchant).Run(new MerchantRequest(Tenant(merchant), facts, new string('0', 31) + "1", command)).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    public async Task<BenchReply> Pay(string card = "pm_card_visa", bool manual = false, CardOptionsUpdate? options = null, string merchant = "m", string? key = null) => await Run(
        new CreateIntent(new IntentFields { Amount = 10_000, Currency = "usd", PaymentMethod = card, CaptureMethod = manual ? "manual" : null, CardOptions = options }, new ConfirmFields()), merchant, key);

    public async Task<JsonElement> Intent(string id, string merchant = "m") => JsonDocument.Parse((await Document(id, merchant)).Public).RootElement;

    /// <summary>Any object's newest state.</summary>
    public async Task<DocumentState> Document(string id, string merchant = "m")
    {
        var owner = (await Edition.Writer.Reader.FindAccount(AccountId.Parse(merchant)))!;
        Assert.True(DocumentId.TryParse(id, Bucket.Of(owner.Id), out var kind, out var number));
        return (await Edition.Checkout.Documents.Open(owner.Number, (byte)kind, number))!.State;
    }

    /// <summary>The rows of one kind, of money or not, that the log has.</summary>
    public async Task<int> Count(EventType type)
    {
        var (count, after) = (0, 0L);
        while (await Edition.Writer.Reader.RowsAfter(after, 1_000) is { Count: > 0 } page)
        {
            count += page.Count(row => row.Type == type);
            after = page[^1].Position;
        }

        return count;
    }

    public async Task<JsonElement> Until(string id, string status)
    {
        JsonElement intent = default;
        for (var i = 0; i < 400 && (intent = await Intent(id)).GetProperty("status").GetString() != status; i++)
            await Task.Delay(25);
        Assert.Equal(status, intent.GetProperty("status").GetString());
        return intent;
    }

    public Task<AccountAnswer> OpenAccount(string id, string tenant, Currency currency) => Edition.Grains.Get<IAccountGrain>(id).Open(
        new OpenAccount(new CommandOrigin(Tenant(tenant), IdempotencyKey.Of(Tenant(tenant), "open " + id, "key"), 1), Tenant(tenant), currency, 0, AccountLimits.None, null));

    public async Task<Counters> Counters(string id) => (await Edition.Writer.Reader.FindAccount(AccountId.Parse(id)))!.Counters;

    /// <summary>Holds the ledger's writing thread until it is let go.</summary>
    public async Task<ManualResetEventSlim> HoldWriter()
    {
        var (held, free) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new ManualResetEventSlim());
        _ = Edition.Writer.RunBetweenCommits(() =>
        {
            held.SetResult();
            free.Wait();
        });
        await held.Task;
        return free;
    }

    /// <summary>A cent between two system accounts.</summary>
    public Task<Refusal> Cent()
    {
        var id = Edition.Writer.Ids.Next();
        var row = new LogRow
        {
            Id = id,
            Type = EventType.PaymentSettled,
            TimeMs = Edition.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Tenant = 1,
            Payment = id,
            Version = 1,
            Kind = TransferKind.Posted,
            Debtor = SystemAccount.Funding.Number(Currency.Usd),
            Creditor = SystemAccount.Transit.Number(Currency.Usd),
            Amount = 1,
            Currency = Currency.Usd,
        };
        LeafHash.Seal(row);
        var entry = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = row };
        Assert.Equal(Admission.Admitted, Edition.Writer.TryEnqueue(entry));
        return entry.Committed.AsTask();
    }

    /// <summary>Ends the product, and leaves what it wrote.</summary>
    public async Task Close()
    {
        if (!closed)
            await Edition.DisposeAsync();
        closed = true;
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        book.Dispose();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>The sandbox's acquirer, and what a test does between its deed and its answer.</summary>
    internal sealed class Between(IAcquirer inner, long? disputesSince) : IAcquirer, IFollowedAcquirer
    {
        private int calls;

        public Func<AcquirerRequest, Task>? Then { get; set; }

        /// <summary>What a test does before it is asked for anything.</summary>
        public Func<AcquirerRequest, Task>? Asking { get; set; }

        /// <summary>What it answers in place of doing it; null leaves it to the sandbox's.</summary>
        public Func<AcquirerRequest, AcquirerAnswer?>? Instead { get; set; }

        public int Calls => calls;

        public string Name => inner.Name;

        public long? Since => disputesSince;

        /// <summary>The dispute that it has; null where it has none.</summary>
        public AcquirerDispute? Dispute { get; set; }

        /// <summary>Whether it says nothing of what became of anything.</summary>
        public bool IsSilent { get; set; }

        /// <summary>How often it was asked for a dispute.</summary>
        public int Looks { get; private set; }

        /// <summary>What it called the last thing that it did.</summary>
        public string? Reference { get; private set; }

        public IAsyncEnumerable<AcquirerDispute> DisputesSince(long created, CancellationToken cancellationToken) => AsyncEnumerable.Empty<AcquirerDispute>();

        /// <summary>What a test does before it says how a dispute stands.</summary>
        public Func<Task>? Looking { get; set; }

        public async Task<AcquirerDispute?> FindDispute(string reference, CancellationToken cancellationToken)
        {
            Looks++;
            if (Looking is { } looking)
                await looking();
            return IsSilent ? throw new AcquirerSilentException() : Dispute;
        }

        /// <summary>How often it was asked for a refund that it took.</summary>
        public int RefundLooks { get; private set; }

        public Task<AcquirerAnswer?> FindRefund(AcquirerRequest request, CancellationToken cancellationToken)
        {
            RefundLooks++;
            return IsSilent ? throw new AcquirerSilentException() : Find(request, cancellationToken);
        }

        public Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken) => inner.Describe(entry, cancellationToken);

        public TestCard? TestCard(string name) => inner.TestCard(name);

        public async Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref calls);
            if (Asking is { } asking)
                await asking(request);
            if (Instead?.Invoke(request) is { } other)
                return other;
            var answer = await inner.Submit(request, cancellationToken);
            Reference = answer.Reference;
            if (Then is { } then)
                await then(request);
            return answer;
        }

        /// <summary>What a test does before it says what it did under a key.</summary>
        public Func<string, Task>? Asked { get; set; }

        public async Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken)
        {
            if (Asked is { } asked)
                await asked(request.Key);
            var answer = await inner.Find(request, cancellationToken);
            return Says is null ? answer : Says(request.Key, answer);
        }

        /// <summary>What it says it did under a key, in place of what it did.</summary>
        public Func<string, AcquirerAnswer?, AcquirerAnswer?>? Says { get; set; }
    }
}

internal sealed record BenchReply(WireAnswer Answer)
{
    public JsonElement Json => JsonDocument.Parse(Answer.Body).RootElement;

    public string this[string name] => Json.GetProperty(name).ToString();

    public string Text => System.Text.Encoding.UTF8.GetString(Answer.Body);

    public BenchReply Is(int status)
    {
        Assert.True(Answer.Status == status, $"{Answer.Status}: {Text}");
        return this;
    }
}
