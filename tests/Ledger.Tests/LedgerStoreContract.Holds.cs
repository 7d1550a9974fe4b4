namespace Ledger.Tests;

public abstract partial class LedgerStoreContract
{
    [Fact]
    public void A_hold_is_increased_posted_in_parts_and_finished() => Script.Run(
        """
        open A                    ok
        open B                    ok
        fund A 100                ok
        hold h A B 40             ok
        A 0 100 40 0
        B 0 0 0 40
        increase h 20             ok
        A 0 100 60 0
        increase h 41             AccountRule
        pay A B 41                AccountRule
        post h 25                 ok
        A 25 100 35 0
        B 0 25 0 35
        post h 36                 HoldExceeded
        final h 36                HoldExceeded
        post h 5                  ok
        final h 10                ok
        A 40 100 0 0
        B 0 40 0 0
        post h 1                  HoldNotOpen
        final h 0                 HoldNotOpen
        void h 0                  HoldNotOpen
        increase h 1              HoldNotOpen
        """);

    [Fact]
    public void A_hold_that_is_posted_to_the_last_cent_is_final() => Script.Run(
        """
        open A                    ok
        open B                    ok
        fund A 100                ok
        hold h A B 40             ok
        post h 15                 ok
        post h 25                 ok
        increase h 5              HoldNotOpen
        post h 0                  HoldNotOpen
        A 40 100 0 0
        """);

    [Fact]
    public void A_void_releases_what_is_left() => Script.Run(
        """
        open A                    ok
        open B                    ok
        fund A 100                ok
        hold h A B 40             ok
        post h 15                 ok
        void h 24                 HoldExceeded
        void h 25                 ok
        A 15 100 0 0
        B 0 15 0 0
        void h 25                 HoldNotOpen
        """);

    [Fact]
    public void A_hold_expires_on_its_time_whether_or_not_the_sweep_came_by() => Script.Run(
        """
        open A                       ok
        open B                       ok
        fund A 100                   ok
        hold h A B 40 expires=2000   ok
        hold e A B 10                ok
        expire h 40                  HoldNotOpen  -- too early
        at 1999
        post h 1                     ok
        at 2000
        post h 1                     HoldExpired
        final h 1                    HoldExpired
        increase h 1                 HoldExpired
        expire e 10                  HoldNotOpen  -- it has no end
        A 1 100 49 0
        expire h 39                  ok
        A 1 100 10 0
        B 0 1 0 10
        expire h 0                   HoldNotOpen
        """);

    [Fact]
    public void A_hold_of_others_is_not_open()
    {
        Script.Run("open A ok\nopen B ok\nopen C ok\nfund A 100 ok\nfund C 100 ok\nhold h A B 40 ok");
        var id = Script.Label("h");
        Assert.Equal(Refusal.HoldNotOpen, Draft.Commit(Draft.Decide("C", Draft.Transfer("C", "B", 10, TransferKind.Post, id))));
        Assert.Equal(Refusal.HoldNotOpen, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "C", 10, TransferKind.Post, id))));
        Assert.Equal(Refusal.HoldNotOpen, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "B", 40, TransferKind.Void, id + 1))));
        Assert.Equal(new PendingTransfer(id, Draft.Number("A"), Draft.Number("B"), JournalDraft.Usd, 40, 0, 0, 0, Final: false), Reader.FindHold(id).Now());
    }

    [Fact]
    public void Posted_and_voided_add_up_to_authorized()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok\nhold h A B 40 ok\nincrease h 5 ok\npost h 15 ok\nfinal h 10 ok");
        var hold = Reader.FindHold(Script.Label("h")).Now()!;
        Assert.Equal((45, 25, 20, true), (hold.Authorized, hold.Posted, hold.Voided, hold.Final));
        Assert.Equal(4, Reader.PaymentRows(Script.Label("h")).Now().Count);
        CheckLog();
    }

    [Fact]
    public void A_hold_cannot_be_raised_beyond_64_bits()
    {
        Script.Run("open B ok");
        Draft.Commit(Draft.Open("A", floor: null));
        var first = Draft.Decide("A", Draft.Transfer("A", "B", long.MaxValue - 10, TransferKind.Hold));
        Assert.Equal(Refusal.None, Draft.Commit(first));
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "B", long.MaxValue - 20, TransferKind.Post, first.Row.Id))));
        Assert.Equal(Refusal.CounterOverflow, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "B", 11, TransferKind.Increase, first.Row.Id))));
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "B", 10, TransferKind.Increase, first.Row.Id))));
    }

    [Fact]
    public void Due_items_are_written_and_struck_off_with_their_entry()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var first = new DueItem(2_000, "A", "expire", 1);
        var second = new DueItem(1_500, "A", "expire", 2);
        var refused = new DueItem(1_000, "A", "expire", 3);
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "B", 1, TransferKind.Hold), dueAdded: [first, second])));
        Assert.Equal(Refusal.AccountRule, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "B", 100, TransferKind.Hold), dueAdded: [refused], dueDone: [first])));
        Assert.Empty(Reader.Due(1_499, 10).Now());
        Assert.Equal([second], Reader.Due(1_500, 10).Now());
        Assert.Equal([second, first], Reader.Due(9_000, 10).Now());
        Assert.Equal([second], Reader.Due(9_000, 1).Now());
        Assert.Equal([first], Reader.Due(9_000, 10, second).Now());
        Assert.Empty(Reader.Due(9_000, 10, first).Now());
        Assert.Equal([first], Reader.Due(9_000, 10, second with { Id = 3 }).Now());
        Assert.Equal([second, first], Reader.Due(9_000, 10, second with { Id = 1 }).Now());
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Decide("A", Draft.Transfer("A", "B", 1, TransferKind.Posted), dueDone: [second])));
        Assert.Equal([first], Reader.Due(9_000, 10).Now());
    }
}
