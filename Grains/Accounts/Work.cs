using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Accounts;

/// <summary>How a piece of work ended.</summary>
internal enum Ending : byte
{
    /// <summary>Its entry is durable.</summary>
    Recorded = 1,

    /// <summary>Its key was taken before, by the row in <see cref="Work.Row"/>.</summary>
    Replayed = 2,
    KeyReused = 3,
    KeyInUse = 4,
    Overloaded = 5,
    ShuttingDown = 6,
    Failed = 7,

    /// <summary>Refused for what it asks; <see cref="Work.Refusal"/> says why.</summary>
    Refused = 8,

    /// <summary>The ledger cannot be read for now: whether its key was taken is not known.</summary>
    Unread = 9,

    /// <summary>The shard that its money goes to takes none for now.</summary>
    OtherShard = 10,

    /// <summary>The account is another shard's now, and this process has the map of before.</summary>
    Moved = 11,
}

/// <summary>
/// One request on its way through the grain: decided (again, where the commit refused), queued, and ended. Its row ids stay
/// the same however often it is decided.
/// </summary>
internal abstract class Work(IdempotencyKey key, UInt128 requestHash, long rowId)
{
    private TaskCompletionSource? ended;

    public IdempotencyKey Key => key;

    public UInt128 RequestHash => requestHash;

    public long RowId => rowId;

    /// <summary>The entry of the last decision; null before the first.</summary>
    public JournalEntry? Entry { get; set; }

    /// <summary>Why the last entry was refused, so that the next decision takes it into account.</summary>
    public Refusal Refusal { get; set; }

    /// <summary>0 while it goes on.</summary>
    public Ending Ending { get; private set; }

    /// <summary>The row that recorded the answer, where this work found that another one had.</summary>
    public LogRow? Row { get; private set; }

    public int Decisions { get; set; }

    /// <summary>Whether it took its key, or still may.</summary>
    public bool MayHoldKey => Ending is 0 or Ending.Recorded or Ending.Replayed;

    /// <summary>Ends after the work; for those who wait with the same key.</summary>
    public Task Ended => Ending != 0 ? Task.CompletedTask : (ended ??= new TaskCompletionSource()).Task;

    /// <summary>The deciding step: builds the entry on the state. Changes nothing. Null, with <see cref="Refusal"/> set, where there is nothing to record.</summary>
    public abstract JournalEntry? Decide(AccountState? state, AccountEntries entries, long nowMs);

    /// <summary>The state after the entry just decided: returned for the grain to take over.</summary>
    public abstract AccountState? Apply(AccountState? state);

    public void End(Ending ending, LogRow? row = null)
    {
        Ending = ending;
        Row = row;
    }

    /// <summary>They go on within this call: only once the grain no longer counts the work as in flight.</summary>
    public void TellFollowers() => ended?.TrySetResult();

    public SubmitOutcome SubmitOutcome => Ending switch
    {
        Ending.Recorded or Ending.Replayed => SubmitOutcome.Recorded,
        Ending.KeyReused => SubmitOutcome.KeyReused,
        Ending.KeyInUse => SubmitOutcome.KeyInUse,
        Ending.Overloaded => SubmitOutcome.Overloaded,
        Ending.ShuttingDown => SubmitOutcome.ShuttingDown,
        Ending.Failed => SubmitOutcome.Failed,
        Ending.Unread => throw Unread(),
        Ending.OtherShard => SubmitOutcome.OtherShardAway,
        Ending.Moved => SubmitOutcome.Moved,
        Ending.Refused => Refusal == Refusal.ReturnExceedsPayment ? SubmitOutcome.ReturnExceedsPayment : SubmitOutcome.Unknown,
    };

    public AccountOutcome AccountOutcome => Ending switch
    {
        Ending.Recorded or Ending.Replayed => AccountOutcome.Recorded,
        Ending.KeyReused => AccountOutcome.KeyReused,
        Ending.KeyInUse => AccountOutcome.KeyInUse,
        Ending.Overloaded => AccountOutcome.Overloaded,
        Ending.ShuttingDown => AccountOutcome.ShuttingDown,
        Ending.Failed => AccountOutcome.Failed,
        Ending.Unread => throw Unread(),
        Ending.OtherShard => throw new InvalidOperationException("A change of an account is of one shard."),
        Ending.Moved => AccountOutcome.Moved,
        Ending.Refused => Refusal switch
        {
            Refusal.AccountExists => AccountOutcome.Exists,
            Refusal.DebtorClosed or Refusal.CreditorClosed => AccountOutcome.Closed,
            Refusal.AccountNotEmpty => AccountOutcome.NotEmpty,
            Refusal.CounterOverflow => AccountOutcome.TooMuch,
            _ => AccountOutcome.Unknown,
        },
    };

    private static LedgerStoreException Unread() => new("The ledger cannot be read for now, and with it what became of the request.") { IsTransient = true };
}
