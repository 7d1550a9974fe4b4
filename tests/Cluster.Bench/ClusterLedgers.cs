using Bench;
using Bench.Http;
using Bench.Peers;
using Bench.Postgres;
using Grains.Interfaces.Accounts;
using Npgsql;

namespace Cluster.Bench;

/// <summary>Ledgers of one run: the accounts are opened once and copied.</summary>
internal sealed class ClusterLedgers
{
    private readonly string accounts;

    private ClusterLedgers(PostgresHost server, ScratchDirectory scratch, string accounts, CreditorFacts[] creditors) =>
        (Server, Scratch, this.accounts, Creditors) = (server, scratch, accounts, creditors);

    public PostgresHost Server { get; }

    public ScratchDirectory Scratch { get; }

    /// <summary>What a payment needs to know of each account; the same in every copy.</summary>
    public CreditorFacts[] Creditors { get; }

    public static async Task<ClusterLedgers> Make(PostgresHost server, ScratchDirectory scratch, CancellationToken cancellationToken)
    {
        var accounts = await server.NewDatabase("accounts", null, cancellationToken);
        await PostgresEngineHost.Make(accounts, scratch.New("accounts"));
        CreditorFacts[] creditors;
        await using (var opened = await PostgresEngineHost.Open(server, accounts, scratch.New("keys")))
        {
            HttpHost.AddKeys(opened.Edition.Registry);
            creditors = opened.Creditors;
        }

        // Whom somebody is connected to cannot be copied.
        NpgsqlConnection.ClearAllPools();
        return new ClusterLedgers(server, scratch, accounts, creditors);
    }

    public Task<string> New(string name, CancellationToken cancellationToken) => Server.NewDatabase(name, accounts, cancellationToken);
}
