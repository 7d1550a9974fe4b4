using Bench;
using Bench.Engine;
using Bench.Peers;
using Npgsql;
using Orleans.Transactions;

namespace Cluster.Bench.Transactions;

/// <summary>
/// The same transfers by Orleans' transactions: the bank of Microsoft's sample on two silos, whose state is in grain storage on the same
/// PostgreSQL server. A transfer that was aborted is tried again until it is done; the time that takes counts.
/// </summary>
internal sealed class TransactionsContender(PostgresHost server, BenchScale scale, BenchProgress progress) : IContender
{
    private const int Silos = 2;

    private string? database;
    private PeerCluster? cluster;
    private Callers? callers;
    private long aborted;
    private long inDoubt;

    public string Name => "orleans_transactions";

    public string Title => $"transfers by Orleans transactions, {Silos} silos on PostgreSQL, {callers?.Count} callers";

    public async Task Prepare(CancellationToken cancellationToken)
    {
        database = await PeerCluster.NewDatabase(server, cancellationToken);
        cluster = await PeerCluster.Start(server, database, "measured", Silos, cancellationToken);
        callers = new Callers(Transfer, () => cluster.Cpu);
        await callers.Prepare(scale, cancellationToken);
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => callers!.Run(scale.PeerTime, cancellationToken);

    /// <summary>What a silo that was not there reads from the database is what was acknowledged.</summary>
    public async Task Check(CancellationToken cancellationToken)
    {
        await cluster!.End(cancellationToken);
        var ended = cluster;
        cluster = null;
        await ended.DisposeAsync();
        cluster = await PeerCluster.Start(server, database!, "afterwards", silos: 1, cancellationToken);
        var balances = new Balance[BenchScale.Accounts];
        await Parallel.ForAsync(0, balances.Length, new ParallelOptions { MaxDegreeOfParallelism = BenchScale.PeerClients, CancellationToken = cancellationToken }, async (account, _) =>
            balances[account] = await cluster.Grains.GetGrain<IBankAccountGrain>(EngineAccounts.Id(account).Value).Read());
        var (money, transfers) = (balances.Sum(static balance => balance.Value), balances.Sum(static balance => balance.Transfers));
        if (money != Balance.Start * BenchScale.Accounts)
            throw new InvalidOperationException($"The peer's accounts have {money} after {callers!.Acknowledged} transfers.");
        // One whose outcome nobody knew was tried again, and may be there twice.
        if (transfers < callers!.Acknowledged * 2 || transfers > (callers.Acknowledged + inDoubt) * 2)
            throw new InvalidOperationException($"The peer acknowledged {callers.Acknowledged} transfers, and its accounts took part in {transfers}.");
        await using var source = NpgsqlDataSource.Create(database!);
        await using var command = source.CreateCommand("select count(*) from orleansstorage where payloadbinary is not null");
        var rows = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken));
        if (rows < balances.Count(static balance => balance.Transfers > 0))
            throw new InvalidOperationException($"The peer has {rows} rows in the database.");
        progress.Say($"orleans_transactions: {callers.Acknowledged} transfers, {aborted} aborted and tried again, {inDoubt} of unknown outcome; {rows} rows.");
    }

    public ValueTask DisposeAsync() => cluster?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task Transfer(int debtor, int creditor)
    {
        var teller = cluster!.Grains.GetGrain<ITellerGrain>(0);
        while (true)
        {
            try
            {
                await teller.Transfer(EngineAccounts.Id(debtor).Value, EngineAccounts.Id(creditor).Value, EngineAccounts.Amount);
                return;
            }
            catch (OrleansTransactionAbortedException)
            {
                Interlocked.Increment(ref aborted);
            }
            catch (Exception exception) when (exception is OrleansTransactionInDoubtException or TimeoutException)
            {
                Interlocked.Increment(ref inDoubt);
            }
        }
    }
}
