using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Fraud.Backtest;

/// <summary>One shard's log, as a replay reads it: by page, none of which takes long.</summary>
public interface IDecisionLog
{
    /// <summary>The position of the newest committed row.</summary>
    long LastPosition { get; }

    /// <summary>Some thousand rows after a position, in order; none where the log ends.</summary>
    ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position);

    /// <summary>Who an account is, and the wrapped key under which its payments' decisions are sealed.</summary>
    /// <exception cref="InvalidDataException">There is none of this number.</exception>
    ValueTask<(AccountId Id, byte[]? WrappedDataKey)> Account(long number);
}
