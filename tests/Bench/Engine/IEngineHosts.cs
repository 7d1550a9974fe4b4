using Grains.Interfaces.Accounts;
using Silo.Embedded;

namespace Bench.Engine;

/// <summary>The ledgers that an engine is measured on, one for each kind of data, whatever the store.</summary>
internal interface IEngineHosts
{
    Task<IEngineHost> Get(EngineData data, CancellationToken cancellationToken);
}

/// <summary>The product below its gateway, on a ledger with the bench's accounts.</summary>
internal interface IEngineHost
{
    EmbeddedEdition Edition { get; }

    /// <summary>What a payment needs to know of each account.</summary>
    CreditorFacts[] Creditors { get; }

    /// <summary>The account that is closed, as one who has not heard of that knows it.</summary>
    CreditorFacts Closed { get; }

    /// <summary>Whether its grains are awake, and what runs is compiled for good.</summary>
    bool IsWarm { get; set; }

    /// <summary>CPU time so far of all who work on payments: this process, and the database's server where it is this machine's.</summary>
    TimeSpan Cpu { get; }

    /// <summary>Ends when nothing is behind the log any more.</summary>
    Task CaughtUp(CancellationToken cancellationToken);
}
