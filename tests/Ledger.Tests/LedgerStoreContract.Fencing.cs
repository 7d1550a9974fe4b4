namespace Ledger.Tests;

public abstract partial class LedgerStoreContract
{
    [Fact]
    public void A_stale_version_is_refused()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var mine = Draft.Pay("A", "B", 60);
        var theirs = new JournalEntry { Owner = mine.Owner, ExpectedVersion = mine.ExpectedVersion, Row = Draft.Transfer("A", "B", 60, TransferKind.Posted) };
        Assert.Equal([Refusal.None, Refusal.StaleVersion], Draft.CommitAll(mine, theirs));
        Assert.Equal(mine.ExpectedVersion + 1, Draft.Account("A").Version);
    }

    [Fact]
    public void A_credit_needs_no_version()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var version = Draft.Account("B").Version;
        Script.Run("pay A B 10 ok");
        Assert.Equal(version, Draft.Account("B").Version);
        var unfenced = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = Draft.Transfer("system:transit", "B", 10, TransferKind.Posted) };
        Assert.Equal(Refusal.None, Draft.Commit(unfenced));
        Assert.Equal(version, Draft.Account("B").Version);
        CheckLog();
    }

    [Fact]
    public void All_that_was_decided_on_a_refused_entry_is_refused()
    {
        Script.Run("open A ok\nopen B ok\nopen C ok\nfund A 100 ok\nfund C 100 ok");
        var lane = new WriterLane();
        var other = new WriterLane();
        var entries = new[]
        {
            Admitted(Draft.Pay("A", "B", 1, lane: lane)),
            Admitted(Draft.Pay("A", "B", 1_000, lane: lane)),
            Admitted(Draft.Pay("C", "B", 1, lane: other)),
            Admitted(Draft.Pay("A", "B", 1, lane: lane)),
        };
        Assert.Equal([Refusal.None, Refusal.AccountRule, Refusal.None, Refusal.DecidedOnRefused], Draft.CommitAll(entries));
    }

    [Fact]
    public void Later_batches_refuse_it_too_even_where_another_owner_advanced_the_version()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var lane = new WriterLane();
        var version = Draft["A"].Version;
        var refused = Admitted(Draft.Pay("A", "B", 1_000, lane: lane));
        var decidedOnIt = Admitted(Draft.Pay("A", "B", 1, lane: lane));
        Assert.Equal(version + 1, decidedOnIt.ExpectedVersion);
        Store.Commit([refused]);
        lane.Settle(refused);
        // Another process that owns A too decides on the version that the refused entry had.
        var elsewhere = new JournalEntry { Owner = Draft.Number("A"), ExpectedVersion = version, Row = Draft.Transfer("A", "B", 2, TransferKind.Posted) };
        Store.Commit([elsewhere]);
        Assert.Equal((Refusal.None, version + 1), (elsewhere.Outcome, Draft.Account("A").Version));
        Store.Commit([decidedOnIt]);
        Assert.Equal(Refusal.DecidedOnRefused, decidedOnIt.Outcome);

        lane.StartGeneration();
        Draft.Reload();
        var decidedAnew = Admitted(Draft.Pay("A", "B", 1, lane: lane));
        Assert.Equal(Refusal.None, Draft.Commit(decidedAnew));
    }

    private static JournalEntry Admitted(JournalEntry entry)
    {
        entry.Lane!.Admit(entry);
        return entry;
    }
}
