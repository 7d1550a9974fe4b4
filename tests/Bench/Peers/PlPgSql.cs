using Bench.Engine;
using Npgsql;

namespace Bench.Peers;

/// <summary>The whole payment in one call of a stored function, which is its own transaction: one round trip.</summary>
internal sealed class PlPgSql(PostgresHost host, BenchScale scale) : PostgresPeer(host, scale, AccountPairs.Uniform)
{
    public override string Name => "plpgsql";

    public override string Title => "PostgreSQL, one plpgsql call a payment, 64 clients";

    protected override async Task<Client> Connect(NpgsqlConnection connection, Random random, CancellationToken cancellationToken)
    {
        var client = new CallClient(connection, random);
        await client.Prepare(cancellationToken);
        return client;
    }

    private sealed class CallClient : Client
    {
        private readonly NpgsqlCommand call;
        private readonly NpgsqlParameter<Guid> key = new();
        private readonly NpgsqlParameter<int> debtor = new();
        private readonly NpgsqlParameter<int> creditor = new();

        public CallClient(NpgsqlConnection connection, Random random)
            : base(connection, random)
        {
            call = new NpgsqlCommand(Sql.Read("PlPgSql.sql", "pay"), connection);
            call.Parameters.Add(key);
            call.Parameters.Add(debtor);
            call.Parameters.Add(creditor);
            call.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Amount });
            call.Parameters.Add(new NpgsqlParameter<string> { TypedValue = EngineText.RemittanceInfo });
            call.Parameters.Add(new NpgsqlParameter<string> { TypedValue = EngineText.DeviceId });
        }

        public Task Prepare(CancellationToken cancellationToken) => call.PrepareAsync(cancellationToken);

        public override async Task Pay(Guid idempotencyKey, int debtorIndex, int creditorIndex, CancellationToken cancellationToken)
        {
            (key.TypedValue, debtor.TypedValue, creditor.TypedValue) = (idempotencyKey, debtorIndex, creditorIndex);
            if (await call.ExecuteScalarAsync(cancellationToken) is not > 0L)
                throw new InvalidOperationException("The payment was refused: a key twice.");
        }

        public override async ValueTask DisposeAsync()
        {
            await call.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
