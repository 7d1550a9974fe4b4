using Grains.Interfaces.Accounts;

namespace Ledger.Tests;

public abstract partial class LedgerStoreContract
{
    [Fact]
    public void A_posted_transfer_moves_both_accounts()
    {
        Script.Run(
            """
            open A                 ok
            open B                 ok
            fund A 100             ok
            A   0 100 0 0
            pay  A B 60            ok
            A   60 100 0 0
            B   0 60 0 0
            decline A B 900        ok
            A   60 100 0 0
            """);
        CheckLog();
        Assert.Equal(100, Draft.Account("system:funding").Counters.DebitsPosted);
    }

    [Fact]
    public void An_opened_account_reads_back_as_it_was_opened()
    {
        var entry = Draft.Open("merchant_7:balance", floor: -500, currency: JournalDraft.Eur, sealedName: [9, 8]);
        Assert.Equal(Refusal.None, Draft.Commit(entry));
        var account = Draft.Account("merchant_7:balance");
        Assert.Equal((1, "EUR", AccountStatus.Open, (long?)-500), (account.Tenant, account.Currency.Code, account.Status, account.Floor));
        Assert.Equal((1, 1, entry.Row.Id, 1), (account.Version, account.EventVersion, account.LastRow, account.Activity));
        Assert.Equal([1, 2, 3], account.WrappedDataKey);
        Assert.Equal([9, 8], account.SealedName);
        Assert.Equal(account, Reader.FindAccount(account.Number).Now()! with { WrappedDataKey = account.WrappedDataKey, SealedName = account.SealedName });
        Assert.Equal(entry.Row.Id, account.Number);
    }

    [Fact]
    public void The_account_rule_holds_to_the_cent() => Script.Run(
        """
        open A                 ok
        open F -50             ok
        open B                 ok
        fund A 100             ok
        pay  A B 101           AccountRule
        pay  A B 100           ok
        pay  A B 1             AccountRule
        pay  F B 51            AccountRule
        pay  F B 50            ok
        hold h F B 1           AccountRule
        pay  B F 1             ok
        hold h F B 1           ok
        pay  F B 1             AccountRule
        """);

    [Fact]
    public void Refusals_leave_no_trace() => Script.Run(
        """
        open A                       ok
        open B                       ok
        open E currency=EUR          ok
        open C                       ok
        fund A 100                   ok
        pay  A B 10 key=k            ok
        close C                      ok
        pay  A B 10 key=k            DuplicateKey
        open A                       AccountExists
        pay  A B 10 version=1        StaleVersion
        pay  A C 10 key=k2           CreditorClosed
        pay  C B 10                  DebtorClosed
        freeze C                     DebtorClosed
        pay  A E 10                  CurrencyMismatch
        pay  A B 10 currency=EUR     CurrencyMismatch
        hold h A E 10                CurrencyMismatch
        pay  A B 91                  AccountRule
        close A                      AccountNotEmpty
        pay  A B 10 key=k2           ok              -- a refused entry gave its key back
        """);

    [Fact]
    public void The_first_reason_in_documented_order_is_told() => Script.Run(
        """
        open A                                 ok
        open B                                 ok
        open C                                 ok
        open E currency=EUR                    ok
        fund A 10                              ok
        fund B 10                              ok
        pay  A B 1 key=k as=p                  ok
        close C                                ok
        hold h A B 5 expires=2000              ok
        pay  A C 99 key=k version=0            DuplicateKey
        open A key=k                           DuplicateKey
        pay  A C 99 version=0                  StaleVersion
        hold x C C 99 version=0                StaleVersion
        pay  C E 99                            DebtorClosed
        pay  A C 99 currency=EUR               CreditorClosed
        pay  A E 99                            CurrencyMismatch
        return p B A 99                        AccountRule
        return p B A 2                         ReturnExceedsPayment
        at 2000
        post h 6                               HoldExpired
        void h 5                               ok
        post h 1                               HoldNotOpen
        """);

    [Fact]
    public void An_unknown_account_comes_before_a_stale_version()
    {
        Script.Run("open A ok");
        var version = Draft["A"].Version;
        var unknownCreditor = Draft.Row(Grains.Interfaces.Events.EventType.PaymentSettled, TransferKind.Posted, Draft.Number("A"), 99_999_999, 1);
        var stale = new JournalEntry { Owner = Draft.Number("A"), ExpectedVersion = version - 1, Row = unknownCreditor };
        Assert.Equal(Refusal.UnknownAccount, Draft.Commit(stale));
        Assert.Equal(version, Draft.Account("A").Version);
    }

    [Theory]
    [InlineData(99_999_999, 0)]
    [InlineData(5, 0)]
    [InlineData(9_840, 0)]
    [InlineData(1_000, 0)]
    [InlineData(0, 99_999_999)]
    [InlineData(0, 5)]
    public void An_account_that_does_not_exist_is_refused(long creditor, long owner)
    {
        Script.Run("open A ok");
        Draft.Commit(Draft.Fund("A", 10));
        var row = Draft.Row(Grains.Interfaces.Events.EventType.PaymentSettled, TransferKind.Posted, Draft.Number("A"), creditor == 0 ? Draft.Number("A") : creditor, 1);
        var entry = new JournalEntry { Owner = owner == 0 ? Draft.Number("A") : owner, ExpectedVersion = Draft["A"].Version, Row = row };
        Assert.Equal(Refusal.UnknownAccount, Draft.Commit(entry));
        CheckLog();
    }

    [Fact]
    public void A_counter_never_passes_64_bits()
    {
        Script.Run("open A ok");
        Draft.Commit(Draft.Fund("A", long.MaxValue - 5));
        Draft.Commit(Draft.Open("B", floor: null));
        Assert.Equal(Refusal.CounterOverflow, Draft.Commit(Draft.Fund("A", 6)));
        Assert.Equal(Refusal.CounterOverflow, Draft.Commit(Draft.Pay("B", "A", 6)));
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Pay("B", "A", 5)));
        Assert.Equal(long.MaxValue, Draft.Account("A").Counters.CreditsPosted);
        CheckLog();
    }

    [Fact]
    public void One_bad_entry_spoils_nothing()
    {
        Script.Run("open A ok\nopen B ok\nopen C ok\nfund A 100 ok\nfund C 100 ok\nclose B AccountNotEmpty".Replace("close B AccountNotEmpty", "close B ok"));
        var outcomes = Draft.CommitAll(Draft.Pay("A", "C", 1), Draft.Pay("C", "B", 1), Draft.Pay("A", "C", 1));
        Assert.Equal([Refusal.None, Refusal.CreditorClosed, Refusal.None], outcomes);
        Assert.Equal(2, Draft.Account("A").Counters.DebitsPosted);
        CheckLog();
    }

    [Fact]
    public void A_frozen_account_receives() => Script.Run(
        """
        open A          ok
        open B          ok
        fund A 100      ok
        freeze B        ok
        pay A B 10      ok
        B 0 10 0 0
        unfreeze B      ok
        pay B A 10      ok
        """);

    [Fact]
    public void An_account_closes_only_empty() => Script.Run(
        """
        open A                 ok
        open B                 ok
        fund A 100             ok
        close A                AccountNotEmpty
        hold h A B 30          ok
        close B                AccountNotEmpty  -- a credit is in flight
        pay A B 70             ok
        final h 30             ok
        close A                ok
        close A                DebtorClosed
        pay B A 1              CreditorClosed
        pay A B 1              DebtorClosed
        decline A B 1          ok               -- what was declined is recorded for a closed account too
        """);

    [Fact]
    public void System_accounts_appear_when_they_are_first_used()
    {
        Script.Run("open A ok\nopen E currency=EUR ok\nfund A 100 ok");
        Assert.Null(Draft.Find("system:fees"));
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Pay("A", "system:fees", 3)));
        var fees = Draft.Account("system:fees");
        Assert.Equal((3, 0L, null), (fees.Counters.Posted, fees.Version, fees.Floor));
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Fund("E", 7)));
        Assert.Equal(-7, Draft.Account("system:funding:EUR").Counters.Posted);
        CheckLog();
    }

    [Fact]
    public void A_system_account_that_only_a_refused_entry_used_is_not_there_and_works_later()
    {
        Script.Run("open A ok\nfund A 100 ok");
        Assert.Equal(Refusal.AccountRule, Draft.Commit(Draft.Pay("A", "system:fees", 101)));
        Assert.Null(Draft.Find("system:fees"));
        var linked = Draft.Decide("A", Draft.Transfer("A", "system:suspense", 1, TransferKind.Posted), more: [Draft.Transfer("A", "system:suspense", 100, TransferKind.Posted)]);
        Assert.Equal(Refusal.AccountRule, Draft.Commit(linked));
        Assert.Null(Draft.Find("system:suspense"));
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Pay("A", "system:suspense", 5)));
        Assert.Equal(Refusal.None, Draft.Commit(Draft.Pay("A", "system:fees", 5)));
        Assert.Equal(5, Draft.Account("system:suspense").Counters.Posted);
        CheckLog();
    }

    [Fact]
    public void Linked_rows_commit_together_or_not_at_all()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var good = Draft.Decide("A", Draft.Transfer("A", "B", 60, TransferKind.Posted, key: Key("one")), more: [Draft.Transfer("A", "system:fees", 2, TransferKind.Posted)]);
        Assert.Equal(Refusal.None, Draft.Commit(good));
        var bad = Draft.Decide("A", Draft.Transfer("A", "B", 30, TransferKind.Posted, key: Key("two")), more: [Draft.Transfer("A", "system:fees", 9, TransferKind.Posted)]);
        var after = Draft.Pay("B", "A", 1);
        Assert.Equal([Refusal.AccountRule, Refusal.None], Draft.CommitAll(bad, after));
        Assert.Null(Reader.FindRow(bad.MoreRows![0].Id).Now());
        Assert.Null(Reader.FindByKey(Key("two")).Now());
        Assert.Equal((62, 101), (Draft.Account("A").Counters.DebitsPosted, Draft.Account("A").Counters.CreditsPosted));
        CheckLog();
    }

    [Fact]
    public void Returns_never_pass_the_payment() => Script.Run(
        """
        open A                    ok
        open B                    ok
        fund A 100                ok
        fund B 500                ok
        pay A B 60 as=p           ok
        decline A B 70 as=d       ok
        return p B A 20           ok
        return p B A 41           ReturnExceedsPayment
        return p B A 40           ok
        return p B A 1            ReturnExceedsPayment
        return d B A 1            ReturnExceedsPayment
        batch
        pay A B 5 as=q            ok
        return q B A 3            ok
        return q B A 3            ReturnExceedsPayment
        commit
        """);

    [Fact]
    public void What_was_returned_can_be_read()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok\npay A B 60 as=p ok\nreturn p B A 20 ok\nreturn p B A 5 ok");
        Assert.Equal(25, Reader.AmountReturned(Script.Label("p")).Now());
    }

    [Fact]
    public void Accounts_are_listed_by_number_tenant_and_page()
    {
        Script.Run("open A ok\nopen B ok\nopen C ok\nfund A 1 ok");
        var all = Reader.ListAccounts(null, 0, 10, newestFirst: false).Now();
        Assert.Equal(["system:funding", "A", "B", "C"], all.Select(static account => account.Id.Value));
        Assert.Equal(["C", "B"], Reader.ListAccounts(1, 0, 2, newestFirst: true).Now().Select(static account => account.Id.Value));
        Assert.Equal(["A"], Reader.ListAccounts(1, Draft.Number("B"), 2, newestFirst: true).Now().Select(static account => account.Id.Value));
        Assert.Equal(["B", "C"], Reader.ListAccounts(1, Draft.Number("A"), 5, newestFirst: false).Now().Select(static account => account.Id.Value));
        Assert.Empty(Reader.ListAccounts(2, 0, 5, newestFirst: false).Now());
    }
}
