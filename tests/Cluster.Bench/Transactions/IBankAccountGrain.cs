namespace Cluster.Bench.Transactions;

/// <summary>An account of the peer: debit and credit take part in a transaction that somebody else began.</summary>
[Alias("bench.account")]
public interface IBankAccountGrain : IGrainWithStringKey
{
    [Transaction(TransactionOption.Join)]
    Task Withdraw(long amount);

    [Transaction(TransactionOption.Join)]
    Task Deposit(long amount);

    [Transaction(TransactionOption.CreateOrJoin)]
    Task<Balance> Read();
}

/// <summary>Moves money between two accounts in one transaction.</summary>
[Alias("bench.teller")]
public interface ITellerGrain : IGrainWithIntegerKey
{
    [Transaction(TransactionOption.Create)]
    Task Transfer(string debtor, string creditor, long amount);
}
