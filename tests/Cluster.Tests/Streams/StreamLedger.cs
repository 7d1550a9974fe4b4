using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Servers;
using Silo.Cluster;
using Silo.Embedded;

namespace Cluster.Tests.Streams;

/// <summary>A ledger on a PostgreSQL database of its own, whose payments silos of the same process relay.</summary>
internal sealed class StreamLedger : IAsyncDisposable
{
    private const long Tenant = 1;

    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("payments-streams-");
    private int keys;

    public StreamLedger()
    {
        Database = TestPostgres.NewDatabase();
        Edition = EmbeddedEdition.Open(
            OpenLedger.InPostgres([PostgresSettings.Parse(Database, isProduction: false)], null, TimeProvider.System), data.FullName, new LedgerOptions(), new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, TimeProvider.System);
        PostgresMigrator.Migrate(ClusterHosting.Database(Database), typeof(ClusterServer).Assembly, ClusterServer.Migrations);
    }

    public string Database { get; }

    public EmbeddedEdition Edition { get; }

    public long End => Edition.Shards.End[0];

    /// <summary>The subscriber's own files.</summary>
    public string File(string name) => Path.Combine(data.FullName, name);

    public async Task Open(params string[] accounts)
    {
        foreach (var account in accounts)
        {
            var grain = Edition.Grains.Get<IAccountGrain>(account);
            Assert.Equal(AccountOutcome.Recorded, (await grain.Open(new OpenAccount(Origin(), Tenant, Currency.Usd, 0, AccountLimits.None, "Erika Mustermann"))).Outcome);
            Assert.Equal(AccountOutcome.Recorded, (await grain.Fund(new FundAccount(Origin(), 100_000))).Outcome);
        }
    }

    public async Task<PaymentAnswer> Pay(string debtor, string creditor, long cents)
    {
        var record = (await Edition.Shards.Directory.Find(AccountId.Parse(creditor)))!;
        return (await Edition.Grains.Get<IAccountGrain>(debtor).Submit(new PaymentInstruction
        {
            Tenant = Tenant,
            Debtor = AccountId.Parse(debtor),
            Creditor = new CreditorFacts(record.Id, record.Number, record.Currency, Closed: false),
            Amount = new Money(cents, Currency.Usd),
            Key = Origin().Key,
            RequestHash = 1,
            Personal = PersonalFields.None with { DebtorName = "Erika Mustermann", RemittanceInfo = "for the piano", EndToEndId = "E2E-piano", IpAddress = "192.0.2.1", Metadata = [new("piano", "black")] },
        })).Payment!;
    }

    /// <summary>One value from the cluster's own tables.</summary>
    public object? Value(string sql)
    {
        using var connection = new NpgsqlConnection(ClusterHosting.Database(Database));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    public async ValueTask DisposeAsync()
    {
        await Edition.DisposeAsync();
        data.Delete(recursive: true);
    }

    private CommandOrigin Origin() => new(Tenant, new IdempotencyKey((UInt128)Interlocked.Increment(ref keys)), 1);
}
