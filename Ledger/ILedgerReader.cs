using Grains.Interfaces.Values;

namespace Ledger;

/// <summary>
/// Reads committed state. Each call sees one moment; two calls may see two. Long reads go by page, so that none holds a
/// snapshot for long.
/// </summary>
public interface ILedgerReader
{
    ValueTask<AccountRecord?> FindAccount(AccountId id);

    ValueTask<AccountRecord?> FindAccount(long number);

    /// <summary>Accounts in order of number, after <paramref name="after"/>; of one tenant, or of all (null).</summary>
    ValueTask<IReadOnlyList<AccountRecord>> ListAccounts(long? tenant, long after, int limit, bool newestFirst);

    /// <summary>Frozen accounts in order of number; of one tenant, or of all (null).</summary>
    ValueTask<IReadOnlyList<AccountRecord>> ListFrozenAccounts(long? tenant, int limit);

    ValueTask<LogRow?> FindRow(long id);

    /// <summary>The row that took this key.</summary>
    ValueTask<LogRow?> FindByKey(IdempotencyKey key);

    /// <summary>The rows that took a key in this range (all scopes of one caller's key).</summary>
    ValueTask<IReadOnlyList<LogRow>> FindByKeys(IdempotencyKey first, IdempotencyKey last, int limit);

    /// <summary>The rows that took these keys, in no order, of one moment; those of keys that are free are missing.</summary>
    ValueTask<IReadOnlyList<LogRow>> FindByKeys(IReadOnlyCollection<IdempotencyKey> keys);

    /// <summary>Payments that carry this caller-given reference (see <see cref="ReferenceHash"/>), by their first rows.</summary>
    ValueTask<IReadOnlyList<LogRow>> FindByReference(long reference, int limit);

    /// <summary>All rows of a payment, oldest first.</summary>
    ValueTask<IReadOnlyList<LogRow>> PaymentRows(long payment);

    /// <summary>How much of a payment went back, in minor units.</summary>
    ValueTask<long> AmountReturned(long payment);

    /// <summary>
    /// Rows that touch the account, newest first, starting at row id <paramref name="from"/> (0: the newest) and going back.
    /// </summary>
    ValueTask<IReadOnlyList<LogRow>> Activity(long account, long from, int limit);

    /// <summary>The newest row of the account whose time is at or before <paramref name="timeMs"/>; null where there is none.</summary>
    /// <exception cref="Archive.LedgerPrunedException">Its rows of that time were archived and let go of.</exception>
    ValueTask<LogRow?> LastActivityAt(long account, long timeMs);

    /// <summary>
    /// Rows older than row <paramref name="beforeId"/> (0: from the newest), newest first. With a period, at least all rows of it; a
    /// store where one process writes rows in order, and so in order of time but for a slack, may add some that lie just beyond.
    /// </summary>
    /// <param name="beforeId">A row that was read before; nothing is older than one that there is not.</param>
    /// <param name="fromMs">Inclusive, in milliseconds since 1970.</param>
    /// <param name="toMs">Exclusive; of no account where a row is named.</param>
    ValueTask<IReadOnlyList<LogRow>> RowsBefore(long beforeId, int limit, long fromMs = 0, long toMs = long.MaxValue);

    /// <summary>Rows after a position, in order of position.</summary>
    ValueTask<IReadOnlyList<LogRow>> RowsAfter(long position, int limit);

    /// <summary>Posted and pending sums a currency over all accounts.</summary>
    ValueTask<IReadOnlyList<TrialBalanceLine>> TrialBalance();

    /// <summary>
    /// How many payments settled and were rejected, by second from <paramref name="fromSecond"/> (since 1970) on and in all, of
    /// one moment: it is exactly what the log says up to <see cref="Tally.End"/>. Of one tenant, those in which it is debtor
    /// or creditor; or of all (null).
    /// </summary>
    ValueTask<Tally> Tally(long? tenant, long fromSecond);

    /// <summary>The sum over seconds from <paramref name="fromSecond"/> to before <paramref name="toSecond"/>.</summary>
    ValueTask<PaymentCounts> CountPayments(long? tenant, long fromSecond, long toSecond);

    ValueTask<PendingTransfer?> FindHold(long id);

    /// <summary>Payments whose newest event says that their outcome is unknown.</summary>
    ValueTask<UnresolvedPayments> Unresolved();

    /// <summary>Due items at or before a time, oldest first, then by grain, kind and id; those after an item, where one is given.</summary>
    ValueTask<IReadOnlyList<DueItem>> Due(long atMs, int limit, DueItem? after = null);
}

/// <summary>The sum of all accounts of one currency on a shard: debits equal credits, posted and pending.</summary>
public sealed record TrialBalanceLine(Currency Currency, long Accounts, Int128 DebitsPosted, Int128 CreditsPosted, Int128 DebitsPending, Int128 CreditsPending)
{
    public int Shard { get; init; }

    public bool IsBalanced => DebitsPosted == CreditsPosted && DebitsPending == CreditsPending;
}

/// <summary>A pending transfer. Open amount = authorized − posted − voided.</summary>
public sealed record PendingTransfer(long Id, long Debtor, long Creditor, Currency Currency, long Authorized, long Posted, long Voided, long ExpiresAtMs, bool Final);
