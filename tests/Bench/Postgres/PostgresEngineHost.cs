using Bench.Engine;
using Bench.Peers;
using Grains.Interfaces.Accounts;
using Ledger;
using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Embedded;

namespace Bench.Postgres;

/// <summary>The product below its gateway on a PostgreSQL database of its own.</summary>
internal sealed class PostgresEngineHost : IEngineHost, IAsyncDisposable
{
    private readonly PostgresHost server;

    private PostgresEngineHost(PostgresHost server, string database, EmbeddedEdition edition, CreditorFacts[] creditors, CreditorFacts closed) =>
        (this.server, Database, Edition, Creditors, Closed) = (server, database, edition, creditors, closed);

    public string Database { get; }

    public EmbeddedEdition Edition { get; }

    public CreditorFacts[] Creditors { get; }

    public CreditorFacts Closed { get; }

    public bool IsWarm { get; set; }

    public TimeSpan Cpu => server.Cpu;

    /// <summary>Opens a database whose accounts are there already.</summary>
    public static async Task<PostgresEngineHost> Open(PostgresHost server, string database, string directory)
    {
        var edition = Edit(database, directory);
        return new PostgresEngineHost(server, database, edition, await EngineAccounts.Facts(edition), await EngineAccounts.FactsOf(edition, EngineAccounts.Closed));
    }

    /// <summary>Makes the ledger's tables and the accounts.</summary>
    public static async Task Make(string database, string directory)
    {
        await using var edition = Edit(database, directory);
        await EngineAccounts.Open(edition);
    }

    // Every row, key and counter is written by the commit itself.
    public Task CaughtUp(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => Edition.DisposeAsync();

    private static EmbeddedEdition Edit(string database, string directory) => EmbeddedEdition.Open(
        OpenLedger.InPostgres([PostgresSettings.Parse(database, isProduction: false)], secret: null, TimeProvider.System),
        directory, new LedgerOptions(), new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, TimeProvider.System);
}
