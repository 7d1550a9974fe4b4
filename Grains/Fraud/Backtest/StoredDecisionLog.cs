using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Grains.Fraud.Backtest;

/// <summary>The log of a shard as it is stored, read beside whoever writes it.</summary>
public sealed class StoredDecisionLog(DocumentLog log) : IDecisionLog
{
    private const int MostKnown = 100_000;

    private readonly Dictionary<long, (AccountId Id, byte[]? WrappedDataKey)> known = [];

    public long LastPosition => log.LastPosition;

    public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position) => new(log.RowsAfter(position));

    public ValueTask<(AccountId Id, byte[]? WrappedDataKey)> Account(long number)
    {
        if (known.TryGetValue(number, out var account))
            return new(account);
        if (log.AccountOf(number) is not { } id)
            throw new InvalidDataException($"The log names account {number}, which does not exist.");
        if (known.Count == MostKnown)
            known.Clear();
        known.Add(number, account = (AccountId.Parse(id), log.DataKey(number)));
        return new(account);
    }
}
