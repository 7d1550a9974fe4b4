using Grains.Acquirers;
using Ledger;
using Ledger.Documents;
using Ledger.Shards;

namespace Grains.Reconciliation;

/// <summary>What reconciliation stands on.</summary>
/// <param name="IsShared">Whether other processes may work on the same ledger.</param>
/// <param name="Machine">Measures pauses; what happened when is the events' to say.</param>
public sealed record ReconciliationServices(
    LedgerShards Shards, DocumentReader Documents, IReadOnlyDictionary<string, IAcquirer> Acquirers, IRegistry Registry, bool IsShared, EventConsumers Consumers, ProductClock Clock, TimeProvider Machine,
    ReconciliationOptions Options, Microsoft.Extensions.Logging.ILogger<Reconciler> Logger);
