using Bench.Engine;
using Bench.Peers;
using Npgsql;

namespace Bench.Postgres;

/// <summary>The PostgreSQL ledgers of one run, each made when first asked for: the accounts are opened once and copied.</summary>
internal sealed class PostgresEngineHosts(PostgresHost server, ScratchDirectory scratch, BenchScale scale, BenchProgress progress) : IEngineHosts, IAsyncDisposable
{
    private readonly Dictionary<EngineData, PostgresEngineHost> hosts = [];
    private string? accounts;

    public async Task<PostgresEngineHost> Get(EngineData data, CancellationToken cancellationToken)
    {
        if (hosts.TryGetValue(data, out var host))
            return host;
        var database = await CopyAccounts(data.ToString().ToLowerInvariant(), cancellationToken);
        if (data == EngineData.History)
            await PostgresHistory.Load(database, scale.PostgresHistoryPayments, progress, cancellationToken);
        host = await PostgresEngineHost.Open(server, database, scratch.New($"engine-{data}"));
        hosts.Add(data, host);
        return host;
    }

    async Task<IEngineHost> IEngineHosts.Get(EngineData data, CancellationToken cancellationToken) => await Get(data, cancellationToken);

    /// <summary>A new database with the accounts.</summary>
    public async Task<string> CopyAccounts(string name, CancellationToken cancellationToken)
    {
        if (accounts is null)
        {
            progress.Say($"opening {BenchScale.Accounts:#,0} accounts");
            accounts = await server.NewDatabase("accounts", null, cancellationToken);
            await PostgresEngineHost.Make(accounts, scratch.New("accounts"));
            NpgsqlConnection.ClearAllPools();
        }

        return await server.NewDatabase(name, accounts, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts.Values)
            await host.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }
}
