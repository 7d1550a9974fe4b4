using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Fraud.Backtest;

/// <summary>The log of a shard that this process writes.</summary>
public sealed class RunningDecisionLog(LedgerWriter writer) : IDecisionLog
{
    /// <summary>Few, so that no read holds up a checkpoint, or a payment a processor.</summary>
    private const int PageRows = 512;

    public long LastPosition => writer.Tail.Position;

    public ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position) => writer.Reader.RowsAfter(position, PageRows);

    public async ValueTask<(AccountId Id, byte[]? WrappedDataKey)> Account(long number) => await writer.Directory.Find(number) is { } account
        ? (account.Id, account.WrappedDataKey)
        : throw new InvalidDataException($"The log names account {number}, which does not exist.");
}
