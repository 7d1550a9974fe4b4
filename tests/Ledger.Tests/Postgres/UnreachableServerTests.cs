using Ledger.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>The server is away when a batch is to be written: it is tried again and again, and moves its money once.</summary>
public sealed class UnreachableServerTests : IDisposable
{
    private const int Payments = 3;

    private readonly OwnServer own = TestPostgres.StartOwn();

    public void Dispose() => own.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_that_was_decided_again_and_again_moves_its_money_once(bool ofNobody)
    {
        var database = own.Server.NewDatabase();
        using var store = new PostgresStore(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);
        using var writer = new LedgerWriter(store, new LedgerOptions(), TimeProvider.System, static batch => batch.Execute(), NullLogger<LedgerWriter>.Instance);
        var draft = new JournalDraft(store);
        draft.CommitAll(draft.Open("A"), draft.Open("B"));
        Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000)));
        Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "B", 1)));

        own.Server.Stop();
        // Finds the connection gone before a commit does, so that the commit begins with none.
        writer.CatchUp();
        var entries = Enumerable.Range(0, Payments).Select(_ => ofNobody ? Credit(draft) : draft.Pay("A", "B", 1)).ToList();
        foreach (var entry in entries)
            Assert.Equal(Admission.Admitted, writer.TryEnqueue(entry));
        for (var tries = 0; tries < 3; tries++)
            Assert.Equal(WriterStep.TryAgain, writer.CommitQueued());
        await own.Server.Restart(CancellationToken.None);
        for (var steps = 0; writer.CommitQueued() != WriterStep.Idle; steps++)
            Assert.True(steps < 10, "It is never committed.");

        foreach (var entry in entries)
            Assert.Equal(Refusal.None, await entry.Committed);
        Assert.Equal(1 + Payments, (await store.Reader.FindAccount(draft.Number("B")))!.Counters.CreditsPosted);
        Assert.True(PostgresAudit.Verify(PostgresSettings.Parse(database, isProduction: false), null, CancellationToken.None).IsSound);
    }

    // As a transfer from another shard credits: no version stands against doing it twice.
    private static JournalEntry Credit(JournalDraft draft)
    {
        var paid = draft.Fund("B", 1);
        return new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = paid.Row };
    }
}
