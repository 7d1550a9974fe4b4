using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Ledger.Documents;

namespace Ledger;

/// <summary>
/// Linked rows that commit together or not at all, decided by one grain on one version of its account. Its outcome is
/// awaited once, by the grain that made it.
/// </summary>
public sealed class JournalEntry : IValueTaskSource<Refusal>
{
    private ManualResetValueTaskSourceCore<Refusal> completion;

    /// <summary>The way of the grain's entries to the ledger; null for an entry that nobody's state depends on.</summary>
    public WriterLane? Lane { get; init; }

    /// <summary>The account whose grain decided this, by number; 0 where no version fences it.</summary>
    public required long Owner { get; init; }

    /// <summary>The version that it was decided on; the commit advances it by one.</summary>
    public required long ExpectedVersion { get; init; }

    public required LogRow Row { get; init; }

    /// <summary>Further rows; null for the usual one.</summary>
    public LogRow[]? MoreRows { get; init; }

    /// <summary>All of them, in order.</summary>
    public LogRow[] Rows => [Row, .. MoreRows ?? []];

    public AccountChange? Change { get; init; }

    /// <summary>The number of the payment that this entry returns money of; 0 for none.</summary>
    public long Returns { get; init; }

    /// <summary>That money of <see cref="Returns"/> does not go back after all: the return was refused where it was to arrive.</summary>
    public bool TakesReturnBack { get; init; }

    public DueItem[]? DueAdded { get; init; }

    public DueItem[]? DueDone { get; init; }

    /// <summary>Documents whose new states <see cref="DocumentsRow"/> holds, sealed; null for none.</summary>
    public IReadOnlyList<DocumentChange>? Documents { get; init; }

    /// <summary>The entry's row that holds the documents' states: the first one, unless that has something else to seal.</summary>
    public LogRow DocumentsRow
    {
        get => field ?? Row;
        init;
    }

    /// <summary>Caller-given references (end-to-end id, UETR) by which the payment is to be found, hashed.</summary>
    public long[]? References { get; init; }

    /// <summary>What the commit made of it; set by the store while it commits the batch.</summary>
    public Refusal Outcome { get; set; }

    /// <summary>
    /// Where it was refused because another process has the account for now: how long that may last. Decided again sooner, it is
    /// refused again. Set by the store with the outcome.
    /// </summary>
    public TimeSpan OwnedElsewhereFor { get; set; }

    /// <summary>Ends when the entry is durable or refused. To be awaited once.</summary>
    public ValueTask<Refusal> Committed => new(this, completion.Version);

    /// <summary>The step of a trace that waits for the commit; null where nothing is recorded.</summary>
    internal Activity? Waiting { get; set; }

    /// <summary>The lane's generation when the entry was decided.</summary>
    internal int Generation { get; set; }

    /// <summary>Whether an entry that this one was decided on was refused. Called by the writer's thread.</summary>
    public bool IsDecidedOnRefused => Lane is not null && Lane.Refuses(this);

    /// <summary>Refuses this entry and, with it, every later one of its lane's generation. Called by the writer's thread.</summary>
    public void Refuse(Refusal refusal)
    {
        Outcome = refusal;
        Lane?.Refused(this);
    }

    /// <summary>Tells the grain; continuations run where its synchronization context posts them.</summary>
    public void Complete() => completion.SetResult(Outcome);

    Refusal IValueTaskSource<Refusal>.GetResult(short token) => completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Refusal>.GetStatus(short token) => completion.GetStatus(token);

    void IValueTaskSource<Refusal>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        completion.OnCompleted(continuation, state, token, flags);
}
