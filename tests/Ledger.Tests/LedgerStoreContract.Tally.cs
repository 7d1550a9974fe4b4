using Grains.Interfaces.Events;

namespace Ledger.Tests;

public abstract partial class LedgerStoreContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_tally_is_what_the_log_says_also_after_a_restart(bool crash)
    {
        Script.Run(
            """
            open A                      ok
            open B                      ok
            fund A 100                  ok
            at 5999
            pay A B 10 key=k            ok
            decline A B 500             ok
            pay A B 10 key=k            DuplicateKey
            pay A B 500                 AccountRule
            at 6000
            batch
            pay A B 1                   ok
            pay A B 1000                AccountRule
            pay B A 1                   ok
            commit
            at 5000
            pay B A 1                   ok
            """);
        Assert.Equal(new PaymentCounts(4, 1), Reader.Tally(1, 0).Now().Total);
        Assert.Equal([new SecondCounts(5, new PaymentCounts(2, 1)), new SecondCounts(6, new PaymentCounts(2, 0))], Reader.Tally(1, 5).Now().Seconds);
        Assert.Equal([new SecondCounts(6, new PaymentCounts(2, 0))], Reader.Tally(1, 6).Now().Seconds);
        Assert.Equal(new PaymentCounts(2, 1), Reader.CountPayments(1, 5, 6).Now());
        Assert.Equal(default, Reader.CountPayments(1, 7, 100).Now());
        Restart(crash);
        CheckTally();
        Script.Run("pay A B 1 ok");
        Assert.Equal(new PaymentCounts(5, 1), Reader.Tally(null, 0).Now().Total);
        CheckTally();
    }

    [Fact]
    public void A_payment_between_tenants_counts_once_for_each_and_once_for_all()
    {
        Script.Run("open A ok\nfund A 100 ok");
        Assert.Equal(Refusal.None, Draft.Commit(OfTenant(2, Draft.Open("B"))));
        Script.Run("pay A B 10 ok\npay A B 500 AccountRule\ndecline A B 500 ok");
        foreach (var tenant in new long?[] { 1, 2, null })
            Assert.Equal(new PaymentCounts(1, 1), Reader.Tally(tenant, 0).Now().Total);
        Assert.Equal(default, Reader.Tally(3, 0).Now().Total);
        Assert.Equal(Store.LastPosition, Reader.Tally(3, 0).Now().End[0]);
        CheckTally();
    }

    [Fact]
    public void What_a_refused_or_failed_entry_would_have_settled_is_not_counted()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok\npay A B 1 as=p ok");
        // The first row is written, and taken back when the second is refused.
        var linked = Draft.Decide("A", Draft.Transfer("A", "B", 10, TransferKind.Posted), more: [Draft.Transfer("A", "B", 1_000, TransferKind.Posted)]);
        Assert.Equal(Refusal.AccountRule, Draft.Commit(linked));
        CheckTally();
        Assert.Throws<LedgerStoreException>(() => Store.Commit([Draft.Pay("A", "B", 1), Draft.Pay("A", "B", 1, id: Script.Label("p"))]));
        Draft.Reload();
        CheckTally();
        Script.Run("pay A B 1 ok");
        Assert.Equal(new PaymentCounts(2, 0), Reader.Tally(1, 0).Now().Total);
        CheckTally();
    }

    [Fact]
    public void Frozen_accounts_are_listed_for_their_tenant()
    {
        Script.Run("open A ok\nopen B ok\nopen C ok\nfreeze B ok\nfreeze C ok\nfreeze A ok\nunfreeze A ok");
        Assert.Equal(["B", "C"], Reader.ListFrozenAccounts(1, 10).Now().Select(static account => account.Id.Value));
        Assert.Equal(["B"], Reader.ListFrozenAccounts(null, 1).Now().Select(static account => account.Id.Value));
        Assert.Empty(Reader.ListFrozenAccounts(2, 10).Now());
    }

    /// <summary>Counts the log again, for each tenant and for all.</summary>
    private void CheckTally()
    {
        var rows = AllRows().Where(static row => row.Type is EventType.PaymentSettled or EventType.PaymentRejected).ToList();
        var tenantOf = Reader.ListAccounts(null, 0, 1_000, newestFirst: false).Now().ToDictionary(static account => account.Number, static account => account.Tenant);
        foreach (var tenant in new long?[] { 1, 2, null })
        {
            var seen = rows.Where(row => tenant is null || tenantOf[row.Debtor] == tenant || tenantOf[row.Creditor] == tenant).ToList();
            var tally = Reader.Tally(tenant, 0).Now();
            Assert.Equal(Store.LastPosition, tally.End[0]);
            Assert.Equal(Counts(seen), tally.Total);
            Assert.Equal(seen.GroupBy(static row => row.TimeMs / 1_000).OrderBy(static group => group.Key).Select(static group => new SecondCounts(group.Key, Counts(group))), tally.Seconds);
        }
    }

    private static PaymentCounts Counts(IEnumerable<LogRow> rows) => rows.Aggregate(default(PaymentCounts), static (counts, row) =>
        row.Type == EventType.PaymentSettled ? counts with { Settled = counts.Settled + 1 } : counts with { Rejected = counts.Rejected + 1 });

    private static JournalEntry OfTenant(long tenant, JournalEntry opening) => new()
    {
        Owner = opening.Owner,
        ExpectedVersion = opening.ExpectedVersion,
        Row = opening.Row,
        Change = new AccountChange.Open(((AccountChange.Open)opening.Change!).Account with { Tenant = tenant }),
    };
}
