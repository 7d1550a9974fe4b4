using System.Runtime.InteropServices;

namespace Ledger;

/// <summary>Tells readers of the event log that there is more to read, and who waits for one payment that it has its end. Nobody polls.</summary>
public sealed class LogTail
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, EndAwaited> awaited = [];
    private TaskCompletionSource moved = NewSignal();
    private volatile int waits;

    public LogTail(long position) => Position = position;

    /// <summary>The position of the newest committed row.</summary>
    public long Position { get; private set; }

    /// <summary>Ends once the log reaches beyond <paramref name="position"/>.</summary>
    public Task WaitBeyond(long position, CancellationToken cancellationToken)
    {
        lock (gate)
            return Position > position ? Task.CompletedTask : moved.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the end of a payment until it is disposed of, whatever else the shard commits.</summary>
    public EndWait AwaitEnd(long payment) => new(this, payment);

    /// <summary>Told by another process's commit, which may have ended any payment.</summary>
    internal void Advance(long position) => Advance(position, null);

    /// <summary>Told by a commit of this process: whose payments ended with it is known.</summary>
    /// <param name="committed">Entries that were not refused may be among others.</param>
    internal void Advance(long position, IReadOnlyList<JournalEntry>? committed)
    {
        TaskCompletionSource? waiting = null;
        lock (gate)
        {
            if (position > Position)
            {
                // Others committed in between: what they ended is not told here, and their own notice comes too late to be news.
                if (committed is not null && position - Position != RowsOf(committed))
                    committed = null;
                Position = position;
                waiting = moved;
                moved = NewSignal();
            }
            else if (committed is null)
            {
                return;
            }
        }

        waiting?.SetResult();
        if (waits > 0)
            Wake(committed);
    }

    private static long RowsOf(IReadOnlyList<JournalEntry> committed)
    {
        var rows = 0L;
        foreach (var entry in committed)
            rows += entry.Outcome == Refusal.None ? 1 + (entry.MoreRows?.Length ?? 0) : 0;
        return rows;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Wake(IReadOnlyList<JournalEntry>? committed)
    {
        lock (gate)
        {
            if (committed is null)
            {
                foreach (var payment in awaited.Keys)
                    Wake(payment);
                return;
            }

            foreach (var entry in committed)
            {
                if (entry.Outcome != Refusal.None)
                    continue;
                WakeAtEnd(entry.Row);
                foreach (var row in entry.MoreRows ?? [])
                    WakeAtEnd(row);
            }
        }
    }

    private void WakeAtEnd(LogRow row)
    {
        if (PaymentReader.IsEnd(row))
            Wake(row.Payment);
    }

    private void Wake(long payment)
    {
        ref var wait = ref CollectionsMarshal.GetValueRefOrNullRef(awaited, payment);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref wait))
            return;
        wait.Signal.SetResult();
        wait = wait with { Signal = NewSignal() };
    }

    private readonly record struct EndAwaited(int Waits, TaskCompletionSource Signal);

    /// <summary>Somebody who waits for the end of one payment.</summary>
    public sealed class EndWait : IDisposable
    {
        private readonly LogTail tail;
        private readonly long payment;

        internal EndWait(LogTail tail, long payment)
        {
            (this.tail, this.payment) = (tail, payment);
            lock (tail.gate)
            {
                var before = tail.awaited.GetValueOrDefault(payment);
                tail.awaited[payment] = new EndAwaited(before.Waits + 1, before.Signal ?? NewSignal());
                tail.waits++;
            }
        }

        /// <summary>Ends with the next commit that ended the payment, or that another process made. Taken before the ledger is asked, it misses none.</summary>
        public Task Next
        {
            get
            {
                lock (tail.gate)
                    return tail.awaited[payment].Signal.Task;
            }
        }

        public void Dispose()
        {
            lock (tail.gate)
            {
                var now = tail.awaited[payment];
                if (now.Waits == 1)
                    tail.awaited.Remove(payment);
                else
                    tail.awaited[payment] = now with { Waits = now.Waits - 1 };
                tail.waits--;
            }
        }
    }
}
