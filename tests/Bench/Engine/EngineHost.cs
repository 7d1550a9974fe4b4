using Grains.Fraud;
using Grains.Interfaces.Accounts;
using Ledger;
using Ledger.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Embedded;
using SQLitePCL;

namespace Bench.Engine;

/// <summary>The product below its gateway on a data directory of its own: production grains, writer thread and store.</summary>
internal sealed class EngineHost : IEngineHost, IAsyncDisposable
{
    // A measurement that ends when the projections have caught up must not count how long the ledger waits before it begins.
    private const int QuietMs = 5;

    private readonly sqlite3 ledgerFile;

    private EngineHost(EmbeddedEdition edition, string directory, CreditorFacts[] creditors, CreditorFacts closed)
    {
        Edition = edition;
        Creditors = creditors;
        Closed = closed;
        var path = Path.Combine(directory, SqliteStore.FileName);
        if (raw.sqlite3_open_v2(path, out ledgerFile, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null) != raw.SQLITE_OK)
            throw new InvalidOperationException($"Cannot open '{path}'.");
    }

    public EmbeddedEdition Edition { get; }

    public CreditorFacts[] Creditors { get; }

    public bool IsWarm { get; set; }

    public TimeSpan Cpu => CpuTime.OfThisProcess();

    /// <summary>The account that is closed, as one who has not heard of that knows it.</summary>
    public CreditorFacts Closed { get; }

    /// <summary>Opens a data directory whose accounts are there already.</summary>
    /// <param name="risk">Null where risk is not judged.</param>
    public static async Task<EngineHost> Open(string directory, RiskOptions? risk = null)
    {
        var edition = EmbeddedEdition.Open(
            directory, new LedgerOptions { QuietMs = QuietMs }, new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, TimeProvider.System, cards: new InstantAcquirer(), risk: risk);
        return new EngineHost(edition, directory, await EngineAccounts.Facts(edition), await EngineAccounts.FactsOf(edition, EngineAccounts.Closed));
    }

    /// <summary>Makes a data directory with the accounts, closed again.</summary>
    public static async Task Make(string directory)
    {
        await using var edition = EmbeddedEdition.Open(directory, new LedgerOptions(), new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, TimeProvider.System);
        await EngineAccounts.Open(edition);
    }

    /// <summary>
    /// Ends when nothing is behind the log any more: every key is in its index, every account's counters are in their table, and
    /// every page of the WAL is copied back.
    /// </summary>
    public async Task CaughtUp(CancellationToken cancellationToken)
    {
        while (!KeysAreFolded() || !CountersAreSwept() || !CheckpointIsComplete())
            await Task.Delay(1, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        ledgerFile.Dispose();
        await Edition.DisposeAsync();
    }

    // Rows without a key, at the end of the log, wait for no fold.
    private bool KeysAreFolded()
    {
        var foldedTo = Edition.Registry.ReadSetting("keys folded") ?? "0";
        return long.Parse(foldedTo) >= Edition.Store.LastPosition || IsTrue($"SELECT NOT EXISTS (SELECT 1 FROM log WHERE id >= (SELECT min(first_id) FROM batch WHERE last_position > {foldedTo}) AND position > {foldedTo} AND key IS NOT NULL)");
    }

    private bool CountersAreSwept() => IsTrue("SELECT NOT EXISTS (SELECT 1 FROM counters_tail)");

    private bool IsTrue(string question)
    {
        if (raw.sqlite3_prepare_v2(ledgerFile, question, out var select) != raw.SQLITE_OK)
            throw new InvalidOperationException(raw.sqlite3_errmsg(ledgerFile).utf8_to_string());
        using (select)
            return raw.sqlite3_step(select) == raw.SQLITE_ROW && raw.sqlite3_column_int(select, 0) != 0;
    }

    // Asks SQLite itself: while the writer's own checkpoint runs it answers busy, and when all is copied it has nothing to do.
    private bool CheckpointIsComplete() =>
        raw.sqlite3_wal_checkpoint_v2(ledgerFile, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var inLog, out var copied) == raw.SQLITE_OK && inLog == copied;
}
