namespace Grains.Interfaces.Fraud.Backtest;

/// <summary>
/// What one rule stops and with whom, of decisions that were made again. It stops a payment to which it adds points and that is reviewed
/// or declined; one in shadow is taken as if its points counted.
/// </summary>
/// <param name="Counts">Whether its points count; false of a rule in shadow, and of one that never spoke.</param>
/// <param name="Spoke">Payments of which it spoke, stopped or not.</param>
/// <param name="Stopped">Those of them that are stopped: <paramref name="Alone"/>, and those that it shares.</param>
/// <param name="Alone">Stopped, and nobody else whose points count added any.</param>
/// <param name="Needed">Stopped, and approved without its points: those alone, and those that others would not have stopped.</param>
/// <param name="Shared">Who else added points to those that are stopped, the largest share first; a payment may be in several of them.</param>
public sealed record RuleOverlap(string Rule, bool Counts, PaymentSum Spoke, PaymentSum Stopped, PaymentSum Alone, PaymentSum Needed, IReadOnlyList<SharedStop> Shared);

/// <summary>Payments that one rule stops, of which another speaks too.</summary>
/// <param name="With">The other rule; <see cref="Model"/> is the model.</param>
/// <param name="Counts">Whether the other's points count; false of one in shadow.</param>
public sealed record SharedStop(string With, bool Counts, PaymentSum Both)
{
    /// <summary>What stands in the place of a rule's name where the model added the points. No rule is called so.</summary>
    public const string Model = "model";
}

/// <summary>Payments and their money.</summary>
/// <param name="Amounts">One sum a currency, by its code.</param>
public sealed record PaymentSum(long Payments, IReadOnlyList<CurrencyAmount> Amounts);
