namespace Ledger;

/// <summary>
/// Hands out ids from blocks that the store leases, so that an id is never given twice, by any process, through any crash.
/// The writer's thread leases the next block when half of the present one is used.
/// </summary>
public sealed class LedgerIds
{
    private readonly int block;
    private readonly Action wanted;
    private readonly Lock gate = new();
    private long next;
    private long end;
    private long nextBlock;

    /// <param name="wanted">Called when no id is left: the writer is to lease, though it may have nothing to commit.</param>
    internal LedgerIds(ILedgerStore store, int block, Action wanted)
    {
        this.block = block;
        this.wanted = wanted;
        next = store.LeaseIds(block);
        end = next + block;
    }

    /// <summary>The next id; ascending, with gaps where a process ended.</summary>
    public long Next()
    {
        lock (gate)
        {
            if (next == end)
            {
                if (nextBlock == 0)
                {
                    wanted();
                    throw new LedgerStoreException("The leased ids are used up, and the store has not leased more.") { IsTransient = true };
                }

                (next, end, nextBlock) = (nextBlock, nextBlock + block, 0);
            }

            return next++;
        }
    }

    internal void LeaseAhead(ILedgerStore store)
    {
        lock (gate)
            if (nextBlock != 0 || end - next > block / 2)
                return;
        var leased = store.LeaseIds(block);
        lock (gate)
            nextBlock = leased;
    }
}
