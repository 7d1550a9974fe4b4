using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Cluster.Bench.Transactions;

/// <summary>The account of Microsoft's bank sample (dotnet/samples, orleans/BankAccount): a transactional state, and nothing else.</summary>
[Reentrant]
[GrainType("bench.account")]
internal sealed class BankAccountGrain([TransactionalState("balance", BankAccountGrain.Storage)] ITransactionalState<Balance> balance) : Grain, IBankAccountGrain
{
    public const string Storage = "accounts";

    public Task Withdraw(long amount) => balance.PerformUpdate(state =>
    {
        if (state.Value < amount)
            throw new InvalidOperationException($"There is less than {amount} on the account.");
        state.Value -= amount;
        state.Transfers++;
    });

    public Task Deposit(long amount) => balance.PerformUpdate(state =>
    {
        state.Value += amount;
        state.Transfers++;
    });

    public Task<Balance> Read() => balance.PerformRead(static state => state with { });
}

/// <summary>The sample's teller machine: on the silo that the caller asks, as many of them as are busy.</summary>
[StatelessWorker]
[GrainType("bench.teller")]
internal sealed class TellerGrain : Grain, ITellerGrain
{
    public Task Transfer(string debtor, string creditor, long amount) => Task.WhenAll(
        GrainFactory.GetGrain<IBankAccountGrain>(debtor).Withdraw(amount),
        GrainFactory.GetGrain<IBankAccountGrain>(creditor).Deposit(amount));
}
