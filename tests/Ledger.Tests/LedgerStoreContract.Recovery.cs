namespace Ledger.Tests;

public abstract partial class LedgerStoreContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Everything_committed_is_there_after_a_restart(bool crash)
    {
        Script.Run(
            """
            open A                     ok
            open B                     ok
            fund A 100                 ok
            pay A B 10 key=k           ok
            hold h A B 20 expires=5000 ok
            freeze B                   ok
            """);
        Restart(crash);
        Script.Run(
            """
            A 10 100 20 0
            B 0 10 0 20
            pay A B 10 key=k           DuplicateKey
            pay A B 71                 AccountRule
            post h 20                  ok
            pay A B 70                 ok
            A 100 100 0 0
            """);
        CheckLog();
        CheckBatchHashes();
    }

    [Fact]
    public void A_batch_of_unknown_outcome_that_did_commit_is_found()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var batch = new[] { Draft.Pay("A", "B", 10, Key("k")), Draft.Pay("A", "B", 10), Draft.Open("C") };
        Store.Commit(batch);
        var (version, position) = (Draft.Account("A").Version, Store.LastPosition);
        foreach (var entry in batch)
            entry.Outcome = Refusal.NotWritable;
        Store.ResolveOutcome(batch);
        Assert.All(batch, static entry => Assert.Equal(Refusal.None, entry.Outcome));
        Assert.Equal((version + 1, position), (Draft.Account("A").Version, Store.LastPosition));
        var queuedMeanwhile = new JournalEntry { Owner = Draft.Number("A"), ExpectedVersion = version, Row = Draft.Transfer("A", "B", 1, TransferKind.Posted) };
        Assert.Equal(Refusal.StaleVersion, Draft.Commit(queuedMeanwhile));
        Draft.Reload();
        Script.Run("pay A B 1 key=k DuplicateKey\npay A B 1 ok\nA 21 100 0 0");
        CheckLog();
        CheckBatchHashes();
    }

    [Fact]
    public void A_batch_of_unknown_outcome_that_was_lost_can_never_commit()
    {
        Script.Run("open A ok\nopen B ok\nfund A 100 ok");
        var lane = new WriterLane();
        var lost = new[] { Admitted(Draft.Pay("A", "B", 10, Key("k"), lane)), Admitted(Draft.Pay("A", "B", 10, lane: lane)) };
        Store.ResolveOutcome(lost);
        Assert.All(lost, static entry => Assert.Equal(Refusal.OutcomeLost, entry.Outcome));
        Assert.All(lost, static entry => Assert.True(entry.IsDecidedOnRefused));
        var again = new JournalEntry { Owner = lost[0].Owner, ExpectedVersion = lost[0].ExpectedVersion, Row = lost[0].Row };
        Assert.Equal(Refusal.StaleVersion, Draft.Commit(again));
        Script.Run("pay A B 10 key=k ok\nA 10 100 0 0");
        Restart(crash: true);
        Script.Run("pay A B 10 key=k DuplicateKey\nA 10 100 0 0");
        CheckLog();
        CheckBatchHashes();
    }

    /// <summary>
    /// So many payments that work behind the commits starts; then small batches, so that a restart meets it half done.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Counters_are_the_log_s_while_work_behind_the_commits_is_half_done(bool crash)
    {
        const int Accounts = 300, Large = 300, Small = 10;
        var names = Enumerable.Range(0, Accounts).Select(static number => $"M{number}").ToArray();
        Draft.CommitAll([.. names.Select(name => Draft.Open(name))]);
        Draft.CommitAll([.. names.Select(name => Draft.Fund(name, 1_000_000))]);
        Restart(crash);
        var expected = names.ToDictionary(static name => name, static _ => 1_000_000L);
        var random = new Random(11);
        for (var restarts = 0; restarts < 3; restarts++)
        {
            for (var changes = 0; changes < ChangesUntilBehind;)
                changes += Batch(ChangesUntilBehind - changes > 2 * Large ? Large : Small);
            for (var batch = 0; batch < 2; batch++)
            {
                Batch(Small);
                Check();
            }

            Restart(crash);
            Check();
        }

        Batch(Large);
        while (Store.CatchUp())
            Check();
        Check();

        int Batch(int length)
        {
            var changed = new HashSet<string>();
            var entries = new JournalEntry[length];
            for (var i = 0; i < entries.Length; i++)
            {
                var from = random.Next(Accounts);
                var (debtor, creditor) = (names[from], names[(from + 1 + random.Next(Accounts - 1)) % Accounts]);
                entries[i] = Draft.Pay(debtor, creditor, 3);
                expected[debtor] -= 3;
                expected[creditor] += 3;
                changed.UnionWith([debtor, creditor]);
            }

            Assert.All(Draft.CommitAll(entries), static refusal => Assert.Equal(Refusal.None, refusal));
            return changed.Count;
        }

        void Check()
        {
            var accounts = Reader.ListAccounts(null, AccountRecord.FirstCustomerNumber - 1, 1_000, newestFirst: false).Now();
            Assert.Equal(Accounts, accounts.Count);
            Assert.All(accounts, account => Assert.Equal(expected[account.Id.Value], account.Counters.Posted));
            Assert.All(accounts, account => Assert.Equal(Draft[account.Id.Value].Version, account.Version));
            Assert.All(Reader.TrialBalance().Now(), static line => Assert.True(line.IsBalanced));
            Assert.Equal(expected.Values.Sum(), -Reader.FindAccount(SystemAccount.Funding.Number(JournalDraft.Usd)).Now()!.Counters.Posted);
        }
    }
}
