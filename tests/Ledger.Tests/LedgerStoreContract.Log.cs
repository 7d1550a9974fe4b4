using Grains.Interfaces.Events;
using Grains.Interfaces.Values;

namespace Ledger.Tests;

public abstract partial class LedgerStoreContract
{
    [Fact]
    public void A_payment_is_unresolved_while_its_newest_event_says_so()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        Assert.Equal(new UnresolvedPayments(0, 0), Reader.Unresolved().Now());
        var payments = Enumerable.Range(0, 3).Select(_ => Draft.Pay("A", "B", 1)).ToArray();
        Draft.CommitAll(payments);
        Draft.NowMs = 2_000;
        Draft.CommitAll(Next(0, EventType.PaymentUnresolved, 2));
        Draft.NowMs = 3_000;
        Draft.CommitAll(Next(1, EventType.PaymentUnresolved, 2));
        Assert.Equal(new UnresolvedPayments(2, 2_000), Reader.Unresolved().Now());
        Draft.CommitAll(Next(0, EventType.PaymentSettled, 3));
        Assert.Equal(new UnresolvedPayments(1, 3_000), Reader.Unresolved().Now());
        Draft.NowMs = 4_000;
        Draft.CommitAll(Next(0, EventType.PaymentUnresolved, 4), Next(1, EventType.PaymentRejected, 3));
        Restart(crash: false);
        Assert.Equal(new UnresolvedPayments(1, 4_000), Reader.Unresolved().Now());

        JournalEntry Next(int payment, EventType type, int version) => Draft.Decide("A", Draft.Row(
            type, TransferKind.None, Draft.Number("A"), Draft.Number("B"), 1, payment: payments[payment].Row.Id, version: version, reason: type == EventType.PaymentRejected ? Reason.InsufficientFunds : default));
    }

    [Fact]
    public void A_row_reads_back_as_it_was_written()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        Draft.NowMs = 1_764_000_000_123;
        var row = new LogRow
        {
            Id = Draft.NextId(),
            Type = Grains.Interfaces.Events.EventType.PaymentRejected,
            TimeMs = Draft.NowMs,
            Tenant = 42,
            Payment = 17,
            Version = 3,
            Debtor = Draft.Number("A"),
            Creditor = Draft.Number("B"),
            Amount = 5,
            Currency = JournalDraft.Usd,
            Key = Key("k"),
            RequestHash = UInt128.MaxValue - 3,
            Reason = Grains.Interfaces.Values.Reason.AmountExceedsAgreedLimit,
            ExpiresAtMs = 99,
            Data = [],
            Sealed = [1, 0, 2],
            SealedCreditor = null,
        };
        EventLog.LeafHash.Seal(row);
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Decide("A", row)));
        var read = Reader.FindRow(row.Id).Now()!;
        Assert.Equivalent(row, read, strict: true);
        Assert.Equal([], read.Data!);
        EventLog.LeafHash.Seal(read);
        Assert.Equal(row.Leaf, read.Leaf);
        Assert.Equal(row.Checks, read.Checks);
    }

    [Fact]
    public void Positions_are_dense_across_refusals_failures_and_restarts()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        for (var i = 0; i < 20; i++)
        {
            Draft.CommitAll(Draft.Pay("A", "B", 1), Draft.Pay("A", "B", 1));
            Script.Run("pay A B 1000 AccountRule");
        }

        Restart(crash: true);
        Script.Run("pay A B 1 ok");
        Restart(crash: false);
        Script.Run("pay A B 1 ok");
        Assert.Equal(45, Store.LastPosition);
        CheckLog();
    }

    [Fact]
    public void A_batch_that_fails_leaves_no_trace_in_position_or_hash()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok\npay A B 1 as=p ok");
        var position = Store.LastPosition;
        // The store cannot write a second row with the same id, and has no name for that.
        var failing = new[] { Draft.Pay("A", "B", 1), Draft.Pay("A", "B", 1), Draft.Pay("A", "B", 1, id: Script.Label("p")) };
        var failure = Assert.Throws<LedgerStoreException>(() => Store.Commit(failing));
        Assert.False(failure.IsTransient || failure.OutcomeUnknown);
        Draft.Reload();
        Assert.Equal(position, Store.LastPosition);
        while (Store.CatchUp())
        {
        }

        Assert.Equal(position, Store.LastPosition);
        Script.Run("pay A B 1 ok\npay A B 1 key=k ok");
        while (Store.CatchUp())
        {
        }

        Assert.Equal(position + 2, Store.LastPosition);
        CheckLog();
        CheckBatchHashes();
    }

    [Fact]
    public void Pages_by_position_are_complete_where_ids_are_out_of_order()
    {
        Script.Run("open A ok\nopen B ok\nfund A 1000 ok");
        // Ids are leased when an entry is decided; what was refused and decided anew commits later, under its first id.
        var early = Enumerable.Range(0, 40).Select(_ => Draft.NextId()).ToArray();
        for (var i = 0; i < 40; i++)
        {
            Script.Run("pay A B 1 ok");
            if (i % 3 == 0)
                Draft.CommitAll(Draft.Pay("A", "B", 1, id: early[39 - i]), Draft.Pay("A", "B", 1));
            if (i % 7 == 0)
                Draft.CommitAll([.. Enumerable.Range(0, 30).Select(_ => Draft.Pay("A", "B", 1))]);
        }

        var expected = AllRows(1).Select(static row => row.Id).ToArray();
        Assert.Equal(Store.LastPosition, expected.Length);
        foreach (var page in new[] { 2, 5, 31, 64, 1_000 })
            Assert.Equal(expected, AllRows(page).Select(static row => row.Id));
        Assert.Equal(expected[^3..], Reader.RowsAfter(Store.LastPosition - 3, 10).Now().Select(static row => row.Id));
        Assert.Empty(Reader.RowsAfter(Store.LastPosition, 10).Now());
        Assert.Empty(Reader.RowsAfter(Store.LastPosition + 5, 10).Now());
        CheckLog();
        CheckBatchHashes();
    }

    [Fact]
    public void A_page_by_position_is_full_while_there_is_more()
    {
        Script.Run("open A ok\nopen B ok\nfund A 1000 ok");
        for (var i = 0; i < 100; i++)
            Script.Run("pay A B 1 ok");
        Assert.Equal(103, Reader.RowsAfter(0, 200).Now().Count);
        Assert.Equal(90, Reader.RowsAfter(0, 90).Now().Count);
    }

    [Fact]
    public void Newest_rows_come_first_by_id()
    {
        Script.Run("open A ok\nopen B ok\nfund A 1000 ok\npay A B 1 as=p ok\npay A B 1 as=q ok\npay A B 1 as=r ok");
        Assert.Equal([Script.Label("r"), Script.Label("q")], Reader.RowsBefore(0, 2).Now().Select(static row => row.Id));
        Assert.Equal([Script.Label("p")], Reader.RowsBefore(Script.Label("q"), 1).Now().Select(static row => row.Id));
    }

    [Fact]
    public void An_accounts_activity_is_read_back_page_by_page()
    {
        Script.Run("open A ok\nopen B ok\nopen C ok\nfund A 1000 ok\nfund C 1000 ok");
        for (var i = 0; i < 30; i++)
            Script.Run(i % 3 == 0 ? "pay C B 1 ok" : "pay A B 1 ok");
        var b = Draft.Number("B");
        var expected = AllRows().Where(row => row.Debtor == b || row.Creditor == b).Select(static row => row.Id).Reverse().ToArray();
        var read = new List<long>();
        for (long from = 0; ;)
        {
            var page = Reader.Activity(b, from, 8).Now();
            read.AddRange(page.Skip(from == 0 ? 0 : 1).Select(static row => row.Id));
            if (page.Count < 8)
                break;
            from = page[^1].Id;
        }

        Assert.Equal(expected, read);
        Assert.Empty(Reader.Activity(Draft.Number("A") + 1_000_000, 0, 8).Now());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_last_activity_at_a_time_is_found(int rowsAnEntry)
    {
        Script.Run("open A ok\nopen B ok\nfund A 100000 ok");
        var a = Draft.Number("A");
        var times = new List<(long Time, long Row)>();
        for (var i = 0; i < 300; i++)
        {
            Draft.NowMs += i % 4 == 0 ? 0 : 10;
            var more = Enumerable.Range(1, rowsAnEntry - 1).Select(_ => Draft.Transfer("A", "system:fees", 1, TransferKind.Posted)).ToArray();
            var entry = Draft.Decide("A", Draft.Transfer("A", "B", 1, TransferKind.Posted), more: more.Length == 0 ? null : more);
            Assert.Equal(Refusal.None, Draft.Commit(entry));
            times.Add((Draft.NowMs, more.Length == 0 ? entry.Row.Id : more[^1].Id));
        }

        Assert.Null(Reader.LastActivityAt(a, 999).Now());
        Assert.Equal(times[^1].Row, Reader.LastActivityAt(a, long.MaxValue).Now()!.Id);
        foreach (var at in times.Select(static moment => moment.Time).Distinct())
        {
            var expected = times.Last(moment => moment.Time <= at).Row;
            Assert.Equal(expected, Reader.LastActivityAt(a, at).Now()!.Id);
            Assert.Equal(expected, Reader.LastActivityAt(a, at + 3).Now()!.Id);
        }
    }

    [Fact]
    public void Leases_never_overlap()
    {
        var leased = new HashSet<long>();
        for (var i = 0; i < 5; i++)
        {
            foreach (var count in new[] { 1, 10, 1_000 })
            {
                var first = Store.LeaseIds(count);
                Assert.True(first >= AccountRecord.FirstCustomerNumber);
                for (var id = first; id < first + count; id++)
                    Assert.True(leased.Add(id));
            }

            Restart(crash: i % 2 == 0);
        }
    }

    /// <summary>Each batch's hash goes over the one before and its leaves, in order of position; batches are dense.</summary>
    protected abstract IReadOnlyList<(long FirstPosition, long LastPosition, byte[] Hash)> ReadBatches();

    private void CheckBatchHashes()
    {
        var rows = AllRows();
        var previous = new byte[32];
        long last = 0;
        foreach (var (firstPosition, lastPosition, hash) in ReadBatches())
        {
            Assert.Equal(last + 1, firstPosition);
            Assert.Equal(BatchHash(previous, rows.Where(row => row.Position >= firstPosition && row.Position <= lastPosition)), hash);
            (previous, last) = (hash, lastPosition);
        }

        Assert.Equal(rows.Count, last);
    }
}
