using Grains.Interfaces.Events;
using Grains.Interfaces.Values;

namespace Ledger.Tests;

public abstract partial class LedgerStoreContract
{
    [Fact]
    public void A_key_is_taken_once_within_a_batch()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok\nfund B 100 ok");
        var first = Draft.Pay("A", "B", 1, Key("k"));
        Assert.Equal([Refusal.None, Refusal.DuplicateKey], Draft.CommitAll(first, Draft.Pay("B", "A", 1, Key("k"))));
        Assert.Equal(first.Row.Id, Reader.FindByKey(Key("k")).Now()!.Id);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_key_is_taken_for_ever(bool folded, bool crash)
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok\npay A B 1 key=k as=p ok");
        for (var i = 0; i < 5; i++)
            Script.Run($"pay A B 1 key=other{i} ok");
        CheckKeys();
        if (folded)
            while (Store.CatchUp())
            {
            }

        CheckKeys();
        Restart(crash);
        CheckKeys();
        Script.Run("pay A B 1 key=late ok\npay A B 1 key=late DuplicateKey");
        CheckLog();

        void CheckKeys()
        {
            Script.Run("pay A B 1 key=k DuplicateKey\npay A B 1 key=other4 DuplicateKey");
            Assert.Equal(Script.Label("p"), Reader.FindByKey(Key("k")).Now()!.Id);
            Assert.Null(Reader.FindByKey(Key("unknown")).Now());
        }
    }

    [Fact]
    public void A_caller_s_key_goes_after_thirty_days_and_that_of_a_transfer_s_step_stays_with_its_row()
    {
        const long MonthMs = 30L * 24 * 60 * 60 * 1_000;
        Script.Run("open A key=opened ok\nopen B ok\nfund A 100 ok\npay A B 1 key=paid as=p ok");
        var step = Draft.Row(EventType.PaymentPending, TransferKind.None, Draft.Number("A"), Draft.Number("B"), 1, payment: Script.Label("p"), key: Key("step"), version: 2);
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Decide("A", step)));
        Draft.NowMs += MonthMs + 1;
        Script.Run("pay A B 1 key=now ok");
        CatchUp();
        Assert.Null(Reader.FindByKey(Key("opened")).Now());
        Assert.Null(Reader.FindByKey(Key("paid")).Now());
        Restart(crash: false);
        CatchUp();
        Assert.Equal(step.Id, Reader.FindByKey(Key("step")).Now()!.Id);
        Script.Run("pay A B 1 key=step DuplicateKey\npay A B 1 key=now DuplicateKey\npay A B 1 key=paid ok");
        CheckLog();

        void CatchUp()
        {
            while (Store.CatchUp())
            {
            }
        }
    }

    [Fact]
    public void All_scopes_of_a_key_are_found_in_tail_and_index()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok\nfund B 100 ok");
        var folded = Draft.Pay("A", "B", 1, IdempotencyKey.Of(1, "same", "A"));
        var other = Draft.Pay("A", "B", 1, IdempotencyKey.Of(1, "another", "A"));
        Draft.CommitAll(folded, other);
        while (Store.CatchUp())
        {
        }

        var inTail = Draft.Pay("B", "A", 1, IdempotencyKey.Of(1, "same", "B"));
        Assert.Equal(Refusal.None, Draft.Commit(inTail));
        var (first, last) = IdempotencyKey.RangeOf(1, "same");
        Assert.Equal([inTail.Row.Id, folded.Row.Id], Reader.FindByKeys(first, last, 10).Now().Select(static row => row.Id));
        Assert.Equal([inTail.Row.Id], Reader.FindByKeys(first, last, 1).Now().Select(static row => row.Id));
    }

    [Fact]
    public void References_find_their_payments_newest_first()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var hash = ReferenceHash.OfOlderEndToEndId("invoice 1");
        var entries = Enumerable.Range(0, 3).Select(_ => Draft.Decide("A", Draft.Transfer("A", "B", 1, TransferKind.Posted), references: [hash, hash + 1])).ToArray();
        Draft.CommitAll(entries);
        var refused = Draft.Decide("A", Draft.Transfer("A", "B", 1_000, TransferKind.Posted), references: [hash]);
        Assert.Equal(Refusal.AccountRule, Draft.Commit(refused));
        Assert.Equal(entries.Select(static entry => entry.Row.Id).Reverse(), Reader.FindByReference(hash, 10).Now().Select(static row => row.Id));
        Assert.Equal([entries[2].Row.Id], Reader.FindByReference(hash + 1, 1).Now().Select(static row => row.Id));
        Assert.Empty(Reader.FindByReference(5, 10).Now());
    }
}
