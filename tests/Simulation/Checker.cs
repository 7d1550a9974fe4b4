using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;

namespace Simulation;

/// <summary>Holds the ledger and every answer to the <see cref="Bank"/>.</summary>
internal sealed class Checker(Banks banks, Requests requests)
{
    private const int Page = 200;

    private readonly CaseChecker cases = new(banks);

    /// <summary>After a commit: applies what is new in the log, and compares every account.</summary>
    public void ReadLog(IReadOnlyList<ILedgerStore> stores)
    {
        for (var shard = 0; shard < stores.Count; shard++)
            ReadLog(stores[shard], banks.Shards[shard]);
    }

    /// <summary>After a crash: what was committed is there, unchanged; more may be.</summary>
    public void ReadLogAgain(IReadOnlyList<ILedgerStore> stores)
    {
        for (var shard = 0; shard < stores.Count; shard++)
            ReadLogAgain(stores[shard], banks.Shards[shard]);
    }

    public void CompareAccounts(IReadOnlyList<ILedgerStore> stores)
    {
        for (var shard = 0; shard < stores.Count; shard++)
        {
            CompareAccounts(stores[shard].Reader, banks.Shards[shard]);
            cases.CompareAll(stores[shard], banks.Shards[shard]);
        }
    }

    private void ReadLog(ILedgerStore store, Bank bank)
    {
        if (store.LastPosition == bank.Position)
            return;
        while (Now(store.Reader.RowsAfter(bank.Position, Page)) is { Count: > 0 } rows)
            foreach (var row in rows)
            {
                bank.Apply(row);
                DecisionChecker.Check(row, store.Reader);
            }

        bank.BatchEnds();
        if (store.LastPosition != bank.Position)
            throw new InvariantViolatedException($"The store says that its log ends at {store.LastPosition}; it ends at {bank.Position}.");
        CompareAccounts(store.Reader, bank);
        cases.CompareChanged(store, bank);
    }

    private void ReadLogAgain(ILedgerStore store, Bank bank)
    {
        for (var position = 0; position < bank.Position;)
        {
            var rows = Now(store.Reader.RowsAfter(position, Page));
            if (rows.Count == 0)
                throw new InvariantViolatedException($"After the crash the log ends at position {position}; {bank.Position} was committed.");
            foreach (var row in rows.TakeWhile(row => row.Position <= bank.Position))
            {
                var known = bank.Rows[position++];
                if (row.Id != known.Id || row.Position != known.Position || !row.Leaf.AsSpan().SequenceEqual(known.Leaf))
                    throw new InvariantViolatedException($"After the crash row {row.Id} stands at position {position}, where row {known.Id} was committed, or its content differs.");
            }
        }

        ReadLog(store, bank);
        CompareAccounts(store.Reader, bank);
        cases.CompareAll(store, bank);
    }

    private static void CompareAccounts(ILedgerReader reader, Bank bank)
    {
        foreach (var expected in bank.Accounts)
        {
            var account = Now(reader.FindAccount(expected.Number)) ?? throw new InvariantViolatedException($"{expected.Id} is gone.");
            var isSystem = expected.Floor is null;
            var same = account.Counters == new Counters(expected.Debits, expected.Credits, expected.DebitsPending, expected.CreditsPending) && account.Status == expected.Status && account.Floor == expected.Floor
                && account.Limits == expected.Limits && account.LastRow == expected.LastRow && account.Activity == expected.Activity
                && (isSystem || (account.Version == expected.Version && account.EventVersion == expected.EventVersion));
            if (!same)
                throw new InvariantViolatedException(
                    $"{expected.Id} has {account.Counters}, status {account.Status}, version {account.Version}, event version {account.EventVersion}, " +
                    $"last row {account.LastRow}, activity {account.Activity}, limits {account.Limits}; it must have debits {expected.Debits}, credits {expected.Credits}, held {expected.DebitsPending} and {expected.CreditsPending}, status {expected.Status}, version {expected.Version}, " +
                    $"event version {expected.EventVersion}, last row {expected.LastRow}, activity {expected.Activity}, limits {expected.Limits}.");
        }

        foreach (var line in Now(reader.TrialBalance()))
            if (!line.IsBalanced)
                throw new InvariantViolatedException($"The trial balance of {line.Currency} is off: {line}.");
    }

    /// <summary>An answer that reached a client.</summary>
    public void Answered(Operation operation, Reply reply)
    {
        switch (reply.Kind)
        {
            case ReplyKind.Recorded:
                var row = banks.FindByKey(operation.Account, operation.Key)
                    ?? throw new InvariantViolatedException($"{operation} was answered {reply}, and nothing is committed under its key.");
                if (row.RequestHash != operation.RequestHash)
                    throw new InvariantViolatedException($"{operation} was answered {reply}, which row {row.Id} recorded for another request under its key.");
                if (reply.Payment is { } payment)
                    CheckPayment(operation, payment, row);
                cases.Answered(operation, reply, row);
                if (requests.FirstAnswer(operation, reply) is { } first && !first.SaysTheSameAs(reply))
                    throw new InvariantViolatedException($"{operation} was answered {first}, and then {reply}.");
                break;
            case ReplyKind.KeyReused:
                if (!requests.AskedOtherwise(operation))
                    throw new InvariantViolatedException($"{operation} was answered {reply}, and nobody used its key for anything else.");
                break;
            case ReplyKind.Refused:
                if (banks.FindByKey(operation.Account, operation.Key) is { } recorded && recorded.RequestHash == operation.RequestHash)
                    throw new InvariantViolatedException($"{operation} was answered {reply}, and row {recorded.Id} is committed under its key.");
                cases.Answered(operation, reply, null);
                break;
            case ReplyKind.Failed:
                if (!operation.Poisoned)
                    throw new InvariantViolatedException($"{operation} failed, and nothing is wrong with it.");
                break;
            case ReplyKind.TryAgain:
                break;
        }
    }

    private void CheckPayment(Operation operation, PaymentAnswer payment, LogRow row)
    {
        var end = row.Type == EventType.PaymentCreated ? CheckEnd(operation, payment, row) : row;
        var same = payment.Id.Number == row.Id && payment.Id.Bucket == Bucket.Of(AccountId.Parse(operation.Account))
            && payment.Status == StatusOf(end)
            && payment.Amount == new Money(row.Amount, row.Currency) && payment.Debtor.Value == operation.Account
            && (payment.Reason ?? 0) == end.Reason && payment.CreatedAt.ToUnixTimeMilliseconds() == row.TimeMs
            && payment.Personal.RemittanceInfo == operation.RemittanceInfo && payment.Personal.Location?.Name == operation.City;
        if (!same)
            throw new InvariantViolatedException($"{operation} was answered {payment}, and row {row.Id} says {row.Type} of {row.Amount} at {row.TimeMs}, reason {row.Reason}.");
    }

    // The row that the answer to a payment between shards rests on.
    private LogRow CheckEnd(Operation operation, PaymentAnswer answer, LogRow first)
    {
        var payment = banks.FindPayment(first.Id)!;
        if (answer.Status == PaymentStatus.Pending)
            return payment.Version > 1 && payment.End?.Version != 2 ? first : throw new InvariantViolatedException($"{operation} was answered {answer}, and the log does not say so.");
        return payment.End is { Version: 2 } end ? end : throw new InvariantViolatedException($"{operation} was answered {answer}, and no row ends it so.");
    }

    private static PaymentStatus StatusOf(LogRow row) => row.Type switch
    {
        EventType.PaymentSettled => PaymentStatus.Settled,
        EventType.PaymentRejected => PaymentStatus.Rejected,
        EventType.PaymentHeld => PaymentStatus.Held,
        _ => PaymentStatus.Pending,
    };

    // The checker reads the store itself, which answers at once.
    public static T Now<T>(ValueTask<T> read) => read.IsCompleted ? read.Result : throw new InvalidOperationException("The store itself is never slow.");
}
