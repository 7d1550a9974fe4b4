using Bench.Engine;
using Npgsql;

namespace Bench.Peers;

/// <summary>
/// The payment as a team writes it by hand: an explicit transaction that takes the idempotency key, locks both accounts in the
/// order of their ids, looks at the funds, and moves the money. Two round trips: the statements of each are sent together.
/// </summary>
internal sealed class ForUpdate(PostgresHost host, BenchScale scale, AccountPairs.Choose choose, bool hot, ForUpdate? lender = null) : PostgresPeer(host, scale, choose, lender)
{
    public override string Name => hot ? "for_update_hot" : "for_update";

    public override string Title => hot ? "PostgreSQL SELECT … FOR UPDATE, 64 clients, hot debtor" : "PostgreSQL SELECT … FOR UPDATE, 64 clients";

    protected override async Task<Client> Connect(NpgsqlConnection connection, Random random, CancellationToken cancellationToken)
    {
        var client = new TransferClient(connection, random);
        await client.Prepare(cancellationToken);
        return client;
    }

    private sealed class TransferClient : Client
    {
        private readonly NpgsqlBatch ask;
        private readonly NpgsqlBatch move;
        private readonly NpgsqlBatch rollback;
        private readonly NpgsqlParameter<Guid> key = new();
        private readonly NpgsqlParameter<int> payDebtor = new();
        private readonly NpgsqlParameter<int> payCreditor = new();
        private readonly NpgsqlParameter<int> lockDebtor = new();
        private readonly NpgsqlParameter<int> lockCreditor = new();
        private readonly NpgsqlParameter<int> debit = new();
        private readonly NpgsqlParameter<int> credit = new();

        public TransferClient(NpgsqlConnection connection, Random random)
            : base(connection, random)
        {
            ask = new NpgsqlBatch(connection);
            Add(ask, "begin");
            Add(ask, "take key", key, payDebtor, payCreditor, new NpgsqlParameter<long> { TypedValue = Amount }, new NpgsqlParameter<string> { TypedValue = EngineText.RemittanceInfo }, new NpgsqlParameter<string> { TypedValue = EngineText.DeviceId });
            Add(ask, "lock", lockDebtor, lockCreditor);
            move = new NpgsqlBatch(connection);
            Add(move, "debit", debit, new NpgsqlParameter<long> { TypedValue = Amount });
            Add(move, "credit", credit, new NpgsqlParameter<long> { TypedValue = Amount });
            Add(move, "commit");
            rollback = new NpgsqlBatch(connection);
            Add(rollback, "rollback");
        }

        public async Task Prepare(CancellationToken cancellationToken)
        {
            await ask.PrepareAsync(cancellationToken);
            await move.PrepareAsync(cancellationToken);
        }

        public override async Task Pay(Guid idempotencyKey, int debtor, int creditor, CancellationToken cancellationToken)
        {
            key.TypedValue = idempotencyKey;
            payDebtor.TypedValue = lockDebtor.TypedValue = debit.TypedValue = debtor;
            payCreditor.TypedValue = lockCreditor.TypedValue = credit.TypedValue = creditor;
            var enough = false;
            await using (var answer = await ask.ExecuteReaderAsync(cancellationToken))
            {
                var isNew = await answer.ReadAsync(cancellationToken);
                await answer.NextResultAsync(cancellationToken);
                while (await answer.ReadAsync(cancellationToken))
                    enough |= isNew && answer.GetInt32(0) == debtor && answer.GetInt64(1) >= Amount;
            }

            if (!enough)
            {
                await rollback.ExecuteNonQueryAsync(cancellationToken);
                throw new InvalidOperationException("The payment was refused: a key twice, or no funds.");
            }

            await move.ExecuteNonQueryAsync(cancellationToken);
        }

        public override async ValueTask DisposeAsync()
        {
            await ask.DisposeAsync();
            await move.DisposeAsync();
            await rollback.DisposeAsync();
            await base.DisposeAsync();
        }

        private static void Add(NpgsqlBatch batch, string statement, params NpgsqlParameter[] parameters)
        {
            var command = new NpgsqlBatchCommand(Sql.Read("ForUpdate.sql", statement));
            foreach (var parameter in parameters)
                command.Parameters.Add(parameter);
            batch.BatchCommands.Add(command);
        }
    }
}
