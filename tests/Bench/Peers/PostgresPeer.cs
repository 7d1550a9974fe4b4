using System.Diagnostics;
using Bench.Engine;
using Npgsql;

namespace Bench.Peers;

/// <summary>
/// A hand-written payment on PostgreSQL under 64 clients, each on its own pooled connection with its statements prepared.
/// What a payment is, the subclass says.
/// </summary>
/// <param name="lender">Whose clients it uses, too: they are the same but for whom they choose; null for its own.</param>
internal abstract class PostgresPeer(PostgresHost host, BenchScale scale, AccountPairs.Choose choose, PostgresPeer? lender = null) : IContender
{
    protected const long Amount = 100;

    private List<Client> clients = [];
    private NpgsqlDataSource? source;

    public abstract string Name { get; }

    public abstract string Title { get; }

    public async Task Prepare(CancellationToken cancellationToken)
    {
        if (lender is null)
            await Connect(cancellationToken);
        else
            clients = lender.clients;
        await WarmUp.Run(scale.WarmUpPasses, () => Load(scale.PeerTime, cancellationToken), cancellationToken);
    }

    private async Task Connect(CancellationToken cancellationToken)
    {
        source = NpgsqlDataSource.Create(await host.PeerConnection(BenchScale.PeerClients, cancellationToken));
        clients.AddRange(await Task.WhenAll(Enumerable.Range(1, BenchScale.PeerClients).Select(async i =>
            await Connect(await source.OpenConnectionAsync(cancellationToken), new Random(i), cancellationToken))));
    }

    public Task<Sample> Measure(CancellationToken cancellationToken) => Load(scale.PeerTime, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (lender is not null)
            return;
        foreach (var client in clients)
            await client.DisposeAsync();
        if (source is not null)
            await source.DisposeAsync();
    }

    protected abstract Task<Client> Connect(NpgsqlConnection connection, Random random, CancellationToken cancellationToken);

    private async Task<Sample> Load(TimeSpan time, CancellationToken cancellationToken)
    {
        var cpuBefore = host.Cpu;
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(clients.Select(client => Task.Run(() => PayFor(client, started, time, cancellationToken), cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Sample(counts.Sum(), elapsed, host.Cpu - cpuBefore);
    }

    private async Task<long> PayFor(Client client, long started, TimeSpan time, CancellationToken cancellationToken)
    {
        long count = 0;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var (debtor, creditor) = choose(client.Random);
            await client.Pay(Guid.NewGuid(), debtor, creditor, cancellationToken);
            count++;
        }

        return count;
    }

    /// <summary>One client on its connection.</summary>
    protected abstract class Client(NpgsqlConnection connection, Random random) : IAsyncDisposable
    {
        public Random Random => random;

        /// <summary>Pays, durably; throws where the payment was not made.</summary>
        public abstract Task Pay(Guid key, int debtor, int creditor, CancellationToken cancellationToken);

        public virtual async ValueTask DisposeAsync() => await connection.DisposeAsync();
    }
}
