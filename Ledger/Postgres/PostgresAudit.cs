using Ledger.Archive;
using Ledger.EventLog;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// Reads the whole log of a PostgreSQL ledger again, in position order, and everything that is kept beside it, and reports
/// whatever is not as the log says it must be. It may run beside the servers, and changes nothing.
/// </summary>
public static class PostgresAudit
{
    /// <param name="settings">The ledger.</param>
    /// <param name="progress">Is told how far the log was read.</param>
    /// <param name="cancellation">Ends the audit.</param>
    /// <param name="archive">The directory of its archive, which a ledger needs that let go of a part of its log; null for none.</param>
    /// <exception cref="LedgerSchemaException">It is of another release, or no ledger.</exception>
    /// <exception cref="LedgerPrunedException">A part of the log was archived, and no archive was given.</exception>
    /// <exception cref="InvalidDataException">The archive is none.</exception>
    /// <exception cref="LedgerStoreException">The server cannot be reached, or refuses; this says nothing about what is stored.</exception>
    public static AuditReport Verify(PostgresSettings settings, IProgress<AuditProgress>? progress, CancellationToken cancellation, string? archive = null)
    {
        PostgresSchema.Read(settings).RequireCurrent();
        var started = TimeProvider.System.GetTimestamp();
        var findings = new AuditFindings();
        try
        {
            using var source = settings.ForAudits();
            using var connection = source.OpenConnection();
            var run = new PostgresAuditRun(connection, findings, progress, cancellation);
            run.Begin(archive);
            run.Read();
            return new AuditReport
            {
                Rows = run.Log.Rows,
                Batches = run.Log.Batches,
                FindingCount = findings.Count,
                Findings = findings.Kept,
                Duration = TimeProvider.System.GetElapsedTime(started),
                LastPosition = run.Log.Position,
                LastHash = Convert.ToHexStringLower(run.Log.LastHash),
            };
        }
        catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
        {
            throw PostgresFailure.Of(exception, mayHaveCommitted: false);
        }
    }
}

/// <summary>The order in which an audit reads and compares, and its transactions: each page is one moment of the database.</summary>
internal sealed class PostgresAuditRun
{
    private const long PageLength = 2_000;

    private readonly NpgsqlConnection connection;
    private readonly AuditFindings findings;
    private readonly IProgress<AuditProgress>? progress;
    private readonly CancellationToken cancellation;
    private readonly KeptState kept;
    private readonly TallyAudit tally;
    private readonly AccountReplay accounts;
    private readonly HoldReplay holds;
    private PrunedLog pruned = PrunedLog.None;
    private PrunedRows? rest;

    public PostgresAuditRun(NpgsqlConnection connection, AuditFindings findings, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        (this.connection, this.findings, this.progress, this.cancellation) = (connection, findings, progress, cancellation);
        holds = new HoldReplay(findings);
        accounts = new AccountReplay(holds, findings);
        kept = new KeptState(accounts, holds, findings);
        tally = new TallyAudit(Tenant, findings);
        Log = new PostgresLogAudit(connection, accounts, holds, tally, findings);
    }

    public PostgresLogAudit Log { get; }

    /// <summary>Reads from the archive what the ledger has no more, and compares what both have.</summary>
    public void Begin(string? archive)
    {
        pruned = PostgresPruning.Read(connection);
        if (pruned.Position > 0 && archive is null)
            throw new LedgerPrunedException($"The ledger let go of its first {pruned.Position} events once they were archived: give the archive with --archive.");
        if (archive is null)
            return;
        rest = new PrunedRows(connection, pruned, findings);
        accounts.WaypointsAfter = pruned.Position;
        var manifest = ArchiveManifest.Read(archive);
        var replay = new ArchiveReplay(archive, findings, row =>
        {
            accounts.Apply(row);
            holds.Note(row);
            tally.Note(row);
            rest.Compare(row);
        });
        foreach (var segment in manifest.Segments.Where(segment => segment.LastPosition <= pruned.Position))
            replay.Read(segment, position => progress?.Report(new AuditProgress(position, Math.Max(position, pruned.Position))), cancellation);
        if (replay.Position != pruned.Position || Convert.ToHexStringLower(replay.LastHash) != pruned.Hash)
            findings.Of("setting", PrunedLog.Setting, $"The ledger let go of its log up to position {pruned.Position}, but the archive does not lead to the hash that it had there.");
        rest.NameUnseen();
        Log.BeginAfter(replay);
        foreach (var segment in manifest.Segments.Where(segment => segment.LastPosition > pruned.Position))
            if (connection.Each("select hash from batch where last_position = $1", static row => Convert.ToHexStringLower(row.GetFieldValue<byte[]>(0)), segment.LastPosition) is not [var hash] || hash != segment.LastHash)
                findings.Add(segment.File, 0, segment.LastPosition, "lastHash", "The ledger has another hash at this position than the archive.");
    }

    public void Read()
    {
        for (var more = true; more;)
            more = InMoment(() =>
            {
                var any = Log.ReadPage();
                progress?.Report(new AuditProgress(Log.Position, Math.Max(Log.Position, connection.One("select last_position from log_head", static row => row.GetInt64(0)))));
                return any;
            });
        Paged(ReadAccounts);
        AtEnd(NameUncounted);
        Paged(ReadHolds);
        Paged(ReadReturned);
        AtEnd(() => tally.Compare(
            connection.Each("select tenant, second, settled, rejected from tally_second_now", static row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3))),
            connection.Each("select tenant, settled, rejected from tally_total_now", static row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)))));
        AtEnd(CompareWhole);
        var keys = new PostgresKeyAudit(connection, findings);
        for (var more = true; more;)
            AtEnd(() => more = keys.ReadPage());
        kept.CheckTrialBalance();
    }

    private long Tenant(long account) =>
        connection.Each("select tenant from account where number = $1", static row => row.GetInt64(0), account) is [var tenant] ? tenant : 0;

    private long ReadAccounts(long after)
    {
        var (last, count) = (after, 0);
        foreach (var account in connection.Each($"{SelectCounters} where c.account > $1 order by c.account limit $2", Account, after, PageLength))
        {
            (last, count) = (account.Number, count + 1);
            kept.Compare(account);
        }

        var to = count == PageLength ? last : long.MaxValue;
        foreach (var number in connection.Each("select a.number from account a left join counters c on c.account = a.number where a.number > $1 and a.number <= $2 and c.account is null", static row => row.GetInt64(0), after, to))
            findings.Of("account", "number", $"Account {number} has no counters.");
        kept.CompareWaypoints(after, to, connection.Each(SelectWaypoints, static row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), after, to, pruned.Position));
        return to;
    }

    private void NameUncounted()
    {
        foreach (var number in kept.NotCompared)
        {
            var found = connection.Each($"{SelectCounters} where c.account = $1", Account, number);
            if (found.Count == 0)
                kept.Missing(number);
            else
                kept.Compare(found[0]);
        }
    }

    private long ReadHolds(long after)
    {
        var page = connection.Each(
            $"select {PostgresReader.HoldColumns} from hold where id > $1 order by id limit $2",
            static row => new KeptHold(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt16(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetBoolean(8) ? 1 : 0), after, PageLength);
        foreach (var hold in page)
            kept.Compare(hold);
        if (page.Count == PageLength)
            return page[^1].Id;
        foreach (var id in kept.HoldsNotSeen.Where(id => connection.Each("select 1 from hold where id = $1", static row => row.GetInt32(0), id).Count == 0))
            kept.MissingHold(id);
        return long.MaxValue;
    }

    private long ReadReturned(long after)
    {
        var page = connection.Each("select payment, amount from returned where payment > $1 order by payment limit $2", static row => (Payment: row.GetInt64(0), Amount: row.GetInt64(1)), after, PageLength);
        foreach (var (payment, amount) in page)
            kept.CompareReturned(payment, amount);
        if (page.Count == PageLength)
            return page[^1].Payment;
        foreach (var payment in kept.ReturnedNotSeen.Where(payment => connection.Each("select 1 from returned where payment = $1", static row => row.GetInt32(0), payment).Count == 0))
            kept.MissingReturned(payment);
        return long.MaxValue;
    }

    // What no batch leads to was not read: only counting all tells of it.
    private void CompareWhole()
    {
        var (rows, last, hash) = connection.One(
            "select (select count(*) from log), last_position, hash from log_head", static row => (row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)));
        if (last != Log.Position)
            findings.Of("log_head", "last_position", $"The log ends at position {Log.Position}, but {last} stands there.");
        else if (!hash.AsSpan().SequenceEqual(Log.LastHash))
            findings.Of("log_head", "hash", "The hash is not that of the last batch.");
        rows += pruned.Position - (rest?.Count ?? 0);
        if (rows != Log.Rows)
        {
            foreach (var (id, position) in connection.Each(
                "select l.id, l.position from log l where not exists (select 1 from batch b, unnest(b.first_ids, b.last_ids) as r(first_id, last_id) where b.first_position = (select max(first_position) from batch where first_position <= l.position) and l.position <= b.last_position and l.id between r.first_id and r.last_id) and l.position > $1 limit 1000",
                static row => (row.GetInt64(0), row.GetInt64(1)), pruned.Position))
                findings.OfRow(id, position, "position", "The row stands in the log, but no batch has it.");
            findings.Of("log", "position", $"The log has {rows} rows, but {Log.Rows} were read.");
        }
    }

    // A waypoint of a row that was let go of, and stays because something needs it, is nothing that the log asks for.
    private const string SelectWaypoints =
        "select w.account, w.time, w.row from waypoint w left join log l on l.id = w.row and $3 > 0 where w.account > $1 and w.account <= $2 and coalesce(l.position, 9223372036854775807) > $3";

    private const string SelectCounters =
        "select c.account, c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending, c.event_version, c.last_row, c.activity, a.currency, a.status, a.floor from counters_now c left join account a on a.number = c.account";

    private static KeptAccount Account(NpgsqlDataReader row)
    {
        var hasAccount = !row.IsDBNull(8);
        return new KeptAccount(
            row.GetInt64(0), "counters", new Counters(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7),
            hasAccount, hasAccount ? row.GetInt16(8) : 0, hasAccount ? row.GetInt16(9) : 0, row.IsDBNull(10) ? null : row.GetInt64(10));
    }

    // From one key to the next, until the page says that it was the last.
    private void Paged(Func<long, long> page)
    {
        for (var after = long.MinValue; after != long.MaxValue;)
            AtEnd(() => after = page(after));
    }

    /// <summary>Reads the log to its end, and does the work on the same moment of the database.</summary>
    private void AtEnd(Action work) => InMoment(() =>
    {
        while (Log.ReadPage())
            cancellation.ThrowIfCancellationRequested();
        work();
        return true;
    });

    private bool InMoment(Func<bool> work)
    {
        cancellation.ThrowIfCancellationRequested();
        using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        return work();
    }
}
