using Npgsql;

namespace Ledger.Postgres;

/// <summary>What the writer does about the tail of counters besides its commits: who keeps it, taking it up, sweeping and ending it.</summary>
public sealed partial class PostgresStore
{
    /// <summary>How long going down may wait for the last sweep: whoever opens next does it otherwise.</summary>
    private const int LastSweepMs = 2_000;

    private bool keptElsewhere;
    private bool isToSweep;
    private int keptOver;

    // What this process swept is let go of in its memory. A server behind another connection may have come back without it: a standby,
    // or one whose disk forgot. Its tail and its table say what there is, so that nothing is done before both are one again.
    private bool IsKeptOverAnother => tail.IsKept && (!connection.IsOpen || connection.Made != keptOver);

    // Nobody keeps the counters behind any more: from now on all write in place.
    private void WriteInPlace()
    {
        Run(() => Scalar("select sweep_counters()"));
        tail.Ended();
        // A server that was set back may have gone another way since: a state there is not told from one of here by its version.
        accounts.Clear();
        (keptElsewhere, isToSweep) = (false, false);
    }

    // Others may keep them, under a name that this process does not have, or has no more.
    private void SeeWhoKeepsCounters()
    {
        keptElsewhere = true;
        if (tail.IsKept)
            tail.Ended();
    }

    private void LookAtTail()
    {
        keptElsewhere = false;
        var wasKept = tail.IsKept;
        var outcome = tail.IsTooLong ? LockOutcome.KeptElsewhere : Run(() => locked.Look(writer, fence));
        if (outcome == LockOutcome.Fenced)
            NewNumber();
        if (outcome == LockOutcome.Locked && !wasKept)
            keptOver = connection.Made;
        if (outcome == LockOutcome.KeptElsewhere && wasKept)
        {
            tail.Ended();
            LookAtTail();
        }
        else if (outcome == LockOutcome.KeptElsewhere)
        {
            // Of a release before, or of others while it is too long for this process.
            WriteInPlace();
        }
    }

    private void Vacuum()
    {
        var isTooLong = false;
        try
        {
            Run(() => Scalar("vacuum (truncate off, skip_locked) counters_tail"));
            isTooLong = Run(() => (bool)Scalar("select pg_relation_size('counters_tail') > $1 and pg_stat_get_dead_tuples('counters_tail'::regclass) > pg_stat_get_live_tuples('counters_tail'::regclass)", tail.LongestBytes)!);
        }
        catch (LedgerStoreException)
        {
            // Room in the tail is nobody's payment: the next sweep asks for it again. Where there is no server, the commit says so.
            connection.Drop();
        }

        tail.Vacuumed(isTooLong);
    }

    // What is left in the tail when nothing comes: others look there for each account that they read.
    private bool SweepSlice()
    {
        if (!tail.IsWorthASlice || !tail.PrepareSlice())
            return false;
        columns.FillSlice(tail);
        var isWritten = false;
        try
        {
            isWritten = Run(() =>
            {
                var open = connection.Open();
                if (IsKeptOverAnother)
                    return false;
                using var slice = new NpgsqlCommand("select sweep_slice($1, $2, $3, $4)", open) { Parameters = { new() { Value = tail.Name }, new() { Value = tail.Seen }, new() { Value = columns.Swept }, new() { Value = tail.SweptTo } } };
                return (bool)slice.ExecuteScalar()!;
            });
        }
        finally
        {
            if (isWritten)
                tail.SliceWritten();
            else
                tail.SliceRefused();
        }

        return isWritten;
    }

    private void SweepAtEnd()
    {
        if (!tail.IsKept || !connection.IsOpen)
            return;
        try
        {
            using var sweep = new NpgsqlBatch(connection.Open())
            {
                Timeout = LastSweepMs / 1_000,
                BatchCommands =
                {
                    new($"select set_config('statement_timeout', '{LastSweepMs}', true), set_config('lock_timeout', '{LastSweepMs}', true)"),
                    new("select sweep_counters() from log_head where behind = $1") { Parameters = { new() { Value = tail.Name } } },
                },
            };
            sweep.ExecuteNonQuery();
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            // Nothing is lost with it: the tail is durable, and whoever opens next sweeps it first.
            connection.Drop();
        }
    }
}
