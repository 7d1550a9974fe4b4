using Grains;
using Grains.Acquirers;
using Grains.Acquirers.Sandbox;
using Grains.Checkout;
using Grains.Due;
using Grains.Fraud;
using Grains.Fraud.Cards;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Grains.Webhooks;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Ledger.Shards;

namespace Silo.Embedded;

/// <summary>Merchant checkout in one process: the grains of merchants, their acquirer, and what they have due.</summary>
public sealed class CheckoutParts : IDisposable
{
    private const string BookName = "sandbox-acquirer.book";

    private readonly SandboxBook? book;
    private readonly SandboxAcquirer? sandbox;
    private readonly RemoteSandboxAcquirer? remote;
    private readonly ResilientAcquirer acquirer;
    private readonly WebhookSender webhooks;
    private readonly UnresolvedAttempts[] unresolved;
    private readonly CancellationTokenSource stopping = new();
    private Task asking = Task.CompletedTask;

    internal CheckoutParts(
        string dataDirectory, ISharedBook? shared, LedgerShards shards, IDocumentIndex index, MasterKey masterKey, IGrainHost grains, IReadOnlyList<DueSweeper> due, ProductClock clock, AcquirerOptions options,
        IAcquirer? given, RiskDesk? risk, RiskGrains riskGrains, ILoggerFactory loggers, TimeProvider machine)
    {
        IAcquirer inner;
        if (given is not null)
            inner = given;
        else if (options.Kind == AcquirerOptions.StripeKind)
            throw new System.ComponentModel.DataAnnotations.ValidationException($"{AcquirerOptions.Section}:{nameof(options.Kind)} is '{options.Kind}': that acquirer is the cluster edition's.");
        else if (!options.IsSandbox)
            inner = new NoAcquirer();
        else if (options.Url is null)
            inner = sandbox = new SandboxAcquirer(shared is null ? book = NewBook(dataDirectory) : new SharedSandboxBook(shared));
        else
            inner = remote = new RemoteSandboxAcquirer(new Uri(options.Url));
        acquirer = new ResilientAcquirer(new FaultyAcquirer(inner, AcquirerFaults, machine), options, machine);
        Acquirers = new Dictionary<string, IAcquirer> { [acquirer.Name] = acquirer };
        Followed = given is IFollowedAcquirer { Since: not null } followed ? followed : null;
        Cards = new CardTokenizer(acquirer, masterKey, clock);
        webhooks = new WebhookSender(mayReachPrivate: options.IsSandbox, machine);
        var cardRisk = risk is null ? null : new CardRisk(risk, masterKey, new CardEntities(riskGrains.Card, risk.Options.EntityDeadline, machine));
        MerchantServices Of(int shard) => new(
            shards.Writers[shard], index, masterKey, grains, Acquirers, Cards, options, webhooks, due[shard].Wake, clock, loggers.CreateLogger<MerchantGrain>())
        { IsShared = shared is not null, Risk = cardRisk, Followed = Followed };
        var services = Enumerable.Range(0, shards.Count).Select(Of).ToArray();
        Documents = services[0].Documents;
        grains.Register<IMerchantGrain>(key => new MerchantGrain(key, services[shards.ShardOf(AccountId.Parse(key))]));
        foreach (var sweeper in due)
            foreach (var kind in DueKind.All)
                sweeper.Register<IMerchantGrain>(kind);
        unresolved = [.. shards.Writers.Select(writer => new UnresolvedAttempts(writer.Reader, grains, loggers.CreateLogger<UnresolvedAttempts>()))];
    }

    public AcquirerFaults AcquirerFaults { get; } = new();

    /// <summary>Who takes cards, by name.</summary>
    public IReadOnlyDictionary<string, IAcquirer> Acquirers { get; }

    /// <summary>Who is asked what became of what was taken; null where that is not followed.</summary>
    public IFollowedAcquirer? Followed { get; }

    public CardTokenizer Cards { get; }

    public DocumentReader Documents { get; }

    internal void Start() => asking = Task.WhenAll(unresolved.Select(shard => Task.Run(() => shard.Ask(stopping.Token))));

    /// <summary>Asks for no more, and lets what is under way end.</summary>
    internal async Task Stop()
    {
        await stopping.CancelAsync();
        await asking;
    }

    private static SandboxBook NewBook(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        return new SandboxBook(Path.Combine(dataDirectory, BookName));
    }

    public void Dispose()
    {
        stopping.Dispose();
        webhooks.Dispose();
        acquirer.Dispose();
        remote?.Dispose();
        sandbox?.Dispose();
        book?.Dispose();
    }
}
