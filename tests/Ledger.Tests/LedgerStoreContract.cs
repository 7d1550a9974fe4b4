using System.Security.Cryptography;
using Grains.Interfaces.Values;

namespace Ledger.Tests;

/// <summary>What every ledger store must do. A store's suite inherits it and says how to open, reopen and crash one.</summary>
public abstract partial class LedgerStoreContract : IDisposable
{
    private readonly Lazy<ILedgerStore> opened;
    private readonly Lazy<LedgerScript> scripted;

    protected LedgerStoreContract()
    {
        opened = new Lazy<ILedgerStore>(Open);
        scripted = new Lazy<LedgerScript>(() => new LedgerScript(Store));
    }

    private protected ILedgerStore? Reopened { get; private set; }

    private protected ILedgerStore Store => Reopened ?? opened.Value;

    private LedgerScript Script => scripted.Value;

    private JournalDraft Draft => Script.Draft;

    private ILedgerReader Reader => Store.Reader;

    public void Dispose()
    {
        if (opened.IsValueCreated)
            opened.Value.Dispose();
        Reopened?.Dispose();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    protected abstract ILedgerStore Open();

    /// <summary>Ends the store in good order and opens it again.</summary>
    protected abstract ILedgerStore Reopen(ILedgerStore store);

    /// <summary>Opens what a crash of the store's process would leave.</summary>
    protected abstract ILedgerStore OpenAfterCrash(ILedgerStore store);

    protected abstract void CleanUp();

    /// <summary>Changes of accounts after which work behind the commits starts, where a store has such work.</summary>
    protected virtual int ChangesUntilBehind => 2_000;

    private void Restart(bool crash)
    {
        var old = Store;
        Reopened = crash ? OpenAfterCrash(old) : Reopen(old);
        if (!ReferenceEquals(old, opened.Value))
            old.Dispose();
        Draft.Store = Store;
        Draft.Reload();
    }

    private static IdempotencyKey Key(string text) => IdempotencyKey.Of(1, text, "test");

    private List<LogRow> AllRows(int page = 7)
    {
        var rows = new List<LogRow>();
        while (Reader.RowsAfter(rows.Count == 0 ? 0 : rows[^1].Position, page).Now() is { Count: > 0 } more)
        {
            Assert.InRange(more.Count, 1, page);
            rows.AddRange(more);
        }

        return rows;
    }

    /// <summary>Positions are dense, chains lead back row by row, balances follow from the rows, and rows hash to their leaf.</summary>
    private void CheckLog()
    {
        var rows = AllRows();
        Assert.Equal(Store.LastPosition, rows.Count);
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(static position => (long)position), rows.Select(static row => row.Position));
        var balances = new Dictionary<long, long>();
        var last = new Dictionary<long, long>();
        foreach (var row in rows)
        {
            var posts = row.Kind is TransferKind.Posted or TransferKind.Post or TransferKind.PostFinal;
            foreach (var (account, amount) in new[] { (row.Debtor, -row.Amount), (row.Creditor, row.Amount) })
                balances[account] = balances.GetValueOrDefault(account) + (posts ? amount : 0);
            Assert.Equal(last.GetValueOrDefault(row.Debtor), row.DebtorPrevious);
            last[row.Debtor] = row.Id;
            Assert.Equal(balances[row.Debtor], row.DebtorBalance);
            if (row.Creditor == 0)
                continue;
            Assert.Equal(last.GetValueOrDefault(row.Creditor), row.CreditorPrevious);
            last[row.Creditor] = row.Id;
            Assert.Equal(balances[row.Creditor], row.CreditorBalance);
        }

        foreach (var account in Reader.ListAccounts(null, 0, 1_000, newestFirst: false).Now())
        {
            Assert.Equal(balances.GetValueOrDefault(account.Number), account.Counters.Posted);
            Assert.Equal(last.GetValueOrDefault(account.Number), account.LastRow);
            Assert.Equal(rows.Count(row => row.Debtor == account.Number || row.Creditor == account.Number), account.Activity);
        }

        CheckTally();
    }

    private static byte[] BatchHash(byte[] previous, IEnumerable<LogRow> rows) =>
        SHA256.HashData([.. previous, .. rows.SelectMany(static row => row.Leaf)]);
}
