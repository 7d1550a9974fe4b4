using Grains;
using Grains.Fraud;
using Grains.Fraud.RuleBook;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Ledger.Shards;

namespace Silo.Embedded;

/// <summary>Fraud rules, lists and the model in one process: their grain, and what of them its decisions are made by.</summary>
public sealed partial class RuleParts : IAsyncDisposable
{
    /// <summary>How late this process may see that another one changed them.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    private readonly ILogger<RuleParts> logger;
    private ITimer? refresh;
    private int refreshing;

    internal RuleParts(LedgerShards shards, IModelShelf models, DocumentReader documents, MasterKey masterKey, IGrainHost grains, RiskDesk? desk, RiskOptions options, ProductClock clock, ILoggerFactory loggers)
    {
        logger = loggers.CreateLogger<RuleParts>();
        Book = new RuleBookReader(shards.Reader, documents);
        InForce = new RulesInForce(Book, new ModelInUse(models, desk), desk, clock, loggers.CreateLogger<RulesInForce>());
        var services = new RuleBookServices(
            shards.Writers[shards.ShardOf(AccountId.Parse(IRuleBookGrain.Key))], documents, masterKey, grains, Book, InForce, options.FourEyes, clock, loggers.CreateLogger<RuleBookGrain>());
        grains.Register<IRuleBookGrain>(key => new RuleBookGrain(key, services));
    }

    /// <summary>Past and present rules.</summary>
    public RuleBookReader Book { get; }

    public RulesInForce InForce { get; }

    public ValueTask DisposeAsync() => refresh?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Looks for what other processes change from now on.</summary>
    internal void Follow(TimeProvider machine) => refresh = machine.CreateTimer(_ => Look(), null, Refresh, Refresh);

    // While they cannot be read, one look waits, and what is in force stays.
    private async void Look()
    {
        if (Interlocked.Exchange(ref refreshing, 1) == 1)
            return;
        try
        {
            await InForce.Refresh();
        }
        catch (Exception exception)
        {
            NotRefreshed(logger, exception);
        }
        finally
        {
            Volatile.Write(ref refreshing, 0);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Fraud rules, lists or the model cannot be read from the ledger for now; those in force here go on.")]
    private static partial void NotRefreshed(ILogger logger, Exception exception);
}
