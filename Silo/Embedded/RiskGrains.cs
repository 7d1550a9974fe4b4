using Grains.Fraud.Cards;
using Grains.Fraud.Entities;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>Where the grains of addresses, devices and cards are: with the other grains of the host, or in tables of this process.</summary>
/// <param name="Entity">Of an address or a device.</param>
/// <param name="Card">Of a card, by its key.</param>
public sealed record RiskGrains(Func<RiskEntityKey, IRiskEntityGrain> Entity, Func<string, ICardEntityGrain> Card)
{
    /// <summary>The table that is read back from the log as the process begins; null where the host's grains are elsewhere.</summary>
    internal RiskEntityTable? Table { get; private init; }

    /// <summary>Called in place, which costs a tenth of a turn.</summary>
    public static RiskGrains InPlace()
    {
        var table = new RiskEntityTable();
        return new RiskGrains(table.Get, new CardEntityTable().Get) { Table = table };
    }

    /// <summary>As grains of a host, each with turns of its own; registered here.</summary>
    public static RiskGrains Of(Grains.IGrainHost host)
    {
        host.Register<IRiskEntityGrain>(static key => new RiskEntityGrain(RiskEntityKey.Parse(key)));
        host.Register<ICardEntityGrain>(static _ => new CardEntityGrain());
        return new RiskGrains(key => host.Get<IRiskEntityGrain>(key.ToString()), host.Get<ICardEntityGrain>);
    }
}
