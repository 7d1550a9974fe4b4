using Grains.Interfaces.Events;
using Ledger.Archive;
using Ledger.EventLog;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.Postgres;

/// <summary>
/// Lets go of rows of the log that an archive has. First the archive is verified whole, and its end compared with the ledger's own
/// chain; then rows go in small transactions beside the servers. What is still needed stays: the newest of these rows of each
/// account (its balance at the border), whatever belongs to a payment with an open hold, an unknown outcome or a later event, what
/// transfers between shards that are not at their end yet go on with (<see cref="TransfersUnderWay"/>), and rows that hold a document.
/// Ended early, it is done to the end the next time.
/// </summary>
public static class PostgresPruning
{
    /// <summary>Keys are answered again for 30 days, and limits look a day back: nothing younger is let go of.</summary>
    public static readonly TimeSpan LeastAge = TimeSpan.FromDays(31);

    private const int SliceRows = 4_096;

    private const int MostTries = 5;

    private const string SelectPruned = $"select value from setting where name = '{PrunedLog.Setting}'";

    // With a row go its key, if it was not let go of yet, and the notes of where it stands in its accounts' chains.
    // An account's own event has payment 0: it is no payment's.
    private static readonly string DeleteSlice =
        $"""
        with gone as (
            delete from log l where l.id = any($1) and (l.payment = 0 or not exists (select 1 from log f where f.payment = coalesce(l.payment, l.id) and f.position > $2))
            returning l.id, l.position, l.key, l.time, l.debtor, l.creditor),
        keys as (delete from key k using gone g where k.epoch = {KeyEpochs.OfRow("g.position")} and k.key = g.key and k.row = g.id),
        waypoints as (
            delete from waypoint w using (select id, time, debtor as account from gone union all select id, time, creditor from gone) g
            where w.account = g.account and w.time = g.time and w.row = g.id)
        select count(*) from gone
        """;

    /// <param name="shards">The whole ledger, in the order of its shards: what one shard still needs may lie in another.</param>
    /// <param name="shard">The one that lets go.</param>
    /// <param name="directory">That shard's archive.</param>
    /// <param name="age">Rows go in whole segments whose latest event is older than this, of the product's time: at least <see cref="LeastAge"/>.</param>
    /// <param name="progress">Is told of both passes, verification and deletion, as rows of the archive.</param>
    /// <param name="cancellation">Ends it between two slices.</param>
    /// <exception cref="InvalidDataException">The archive is not sound, or not of this ledger. Nothing was pruned.</exception>
    /// <exception cref="LedgerSchemaException">These are not the shards of one ledger, all of them in their order.</exception>
    public static PruneReport Prune(IReadOnlyList<PostgresSettings> shards, int shard, string directory, TimeSpan age, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(age, LeastAge);
        foreach (var settings in shards)
            PostgresSchema.Read(settings).RequireCurrent();
        PostgresShards.Open(shards, TimeProvider.System);
        try
        {
            using var source = shards[shard].ForMigrations();
            using var connection = source.OpenConnection();
            return Prune(connection, shards, directory, age, progress, cancellation);
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }

    internal static PrunedLog Read(NpgsqlConnection connection) =>
        connection.Each(SelectPruned, static row => row.GetString(0)) is [var text] ? PrunedLog.Parse(text) : PrunedLog.None;

    private static PruneReport Prune(NpgsqlConnection connection, IReadOnlyList<PostgresSettings> shards, string directory, TimeSpan age, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var manifest = ArchiveManifest.Read(directory);
        var newest = connection.Each("select time from log order by id desc limit 1", static row => row.GetInt64(0)) is [var time] ? time : 0;
        var cutoff = newest - (long)age.TotalMilliseconds;
        var border = manifest.Segments.TakeWhile(segment => segment.NewestTime.ToUnixTimeMilliseconds() < cutoff).LastOrDefault()?.LastPosition ?? 0;
        var before = Read(connection);
        if (border < before.Position)
            border = before.Position;
        if (border == 0)
            return new PruneReport(0, 0);
        var (pruned, needed) = Verify(manifest, directory, border, value => progress?.Report(new AuditProgress(value, 2 * border)), cancellation);
        RequireSameChain(connection, before, pruned, directory);
        // After the border is known: what a transfer that begins later decides lies beyond it.
        needed.Payments.UnionWith(TransfersUnderWay.Payments(shards));
        foreach (var row in connection.Each("select row from document", static row => row.GetInt64(0)))
            needed.Rows.Add(row);
        using (var note = new NpgsqlCommand("insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value", connection))
        {
            note.Parameters.Add(new NpgsqlParameter<string> { TypedValue = PrunedLog.Setting });
            note.Parameters.Add(new NpgsqlParameter<string> { TypedValue = pruned.ToString() });
            note.ExecuteNonQuery();
        }

        var gone = Delete(connection, pruned, needed, value => progress?.Report(new AuditProgress(border + value, 2 * border)), cancellation);
        return new PruneReport(border, gone);
    }

    // What the archive comes to at the border says which rows are still needed.
    private static (PrunedLog Pruned, Needed Needed) Verify(ArchiveManifest manifest, string directory, long border, Action<long> progress, CancellationToken cancellation)
    {
        var findings = new AuditFindings();
        var holds = new HoldReplay(findings);
        var accounts = new AccountReplay(holds, findings);
        var unknown = new HashSet<long>();
        var last = new Dictionary<long, (long Row, long Payment)>();
        var replay = new ArchiveReplay(directory, findings, row =>
        {
            accounts.Apply(row);
            holds.Note(row);
            last[row.Debtor] = (row.Id, row.Payment);
            if (row.Creditor != 0)
                last[row.Creditor] = (row.Id, row.Payment);
            if (row.Type == EventType.PaymentUnresolved)
                unknown.Add(row.Payment);
            else
                unknown.Remove(row.Payment);
        });
        foreach (var segment in manifest.Segments.Where(segment => segment.LastPosition <= border))
            replay.Read(segment, progress, cancellation);
        if (findings.Count > 0)
            throw new InvalidDataException($"The archive in '{directory}' is not sound, and nothing was pruned: {findings.Kept[0].Detail} Run audit verify --archive.");
        var needed = new Needed([.. last.Values.Select(static row => row.Row)], [.. last.Values.Select(static row => row.Payment).Where(static payment => payment != 0), .. unknown]);
        needed.Payments.UnionWith(holds.Holds.Values.Where(static hold => !hold.Final).Select(static hold => hold.Id));
        return (new PrunedLog(border, replay.LastId, Convert.ToHexStringLower(replay.LastHash)), needed);
    }

    private static void RequireSameChain(NpgsqlConnection connection, PrunedLog before, PrunedLog pruned, string directory)
    {
        var hash = pruned.Position == before.Position
            ? before.Hash
            : connection.Each("select hash from batch where last_position = $1", static row => Convert.ToHexStringLower(row.GetFieldValue<byte[]>(0)), pruned.Position) is [var stored] ? stored : "";
        if (hash != pruned.Hash)
            throw new InvalidDataException($"The ledger's hash at position {pruned.Position} is not that of the archive in '{directory}': it is another ledger's, or one of both is damaged. Nothing was pruned.");
    }

    private static long Delete(NpgsqlConnection connection, PrunedLog pruned, Needed needed, Action<long> progress, CancellationToken cancellation)
    {
        var (after, gone) = (long.MinValue, 0L);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var slice = connection.Each(
                "select id, coalesce(payment, id), position from log where id > $1 and id <= $2 order by id limit $3",
                static row => (Id: row.GetInt64(0), Payment: row.GetInt64(1), Position: row.GetInt64(2)), after, pruned.LastId, SliceRows);
            if (slice.Count == 0)
                break;
            after = slice[^1].Id;
            var ids = slice.Where(row => row.Position <= pruned.Position && !needed.Rows.Contains(row.Id) && !needed.Payments.Contains(row.Payment)).Select(static row => row.Id).ToArray();
            using var delete = new NpgsqlCommand(DeleteSlice, connection);
            delete.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = ids });
            delete.Parameters.Add(new NpgsqlParameter<long> { TypedValue = pruned.Position });
            gone += Deleted(delete);
            progress(Math.Min(pruned.Position, gone));
        }

        using var batches = new NpgsqlCommand("delete from batch where last_position <= $1", connection) { Parameters = { new NpgsqlParameter<long> { TypedValue = pruned.Position } } };
        batches.ExecuteNonQuery();
        return gone;
    }

    // A running process forgets keys that are over, in an order of its own. One slice is one statement: where the server ends the deadlock
    // by refusing it, none of it was done, and it is done again.
    private static long Deleted(NpgsqlCommand slice)
    {
        for (var tries = 1; ;)
        {
            try
            {
                return (long)slice.ExecuteScalar()!;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected && tries < MostTries)
            {
                tries++;
            }
        }
    }

    /// <summary>What stays of the rows up to the border: rows by id, and all rows of a payment.</summary>
    private sealed record Needed(HashSet<long> Rows, HashSet<long> Payments);
}

/// <summary>Up to which position the ledger let go of its log, and how many rows went.</summary>
public sealed record PruneReport(long Position, long Rows);
