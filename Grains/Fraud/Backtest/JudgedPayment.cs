using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Backtest;

/// <summary>A payment whose decision is replayed.</summary>
/// <param name="Label">Null where no analyst said what it turned out to be.</param>
public readonly record struct JudgedPayment(PaymentId Id, AccountId Debtor, Money Amount, CaseLabel? Label);
