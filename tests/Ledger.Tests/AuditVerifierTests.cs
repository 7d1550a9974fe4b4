using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.EventLog;
using Ledger.Sqlite;

namespace Ledger.Tests;

/// <summary>The audit passes what the store wrote, and finds and names whatever is changed in it afterwards.</summary>
public sealed class AuditVerifierTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string path;
    private readonly JournalDraft draft;
    private readonly SqliteStore store;

    public AuditVerifierTests()
    {
        path = directory.File(SqliteStore.FileName);
        store = new SqliteStore(path);
        draft = new JournalDraft(store);
    }

    public void Dispose()
    {
        store.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_ledger_that_nothing_was_written_to_passes()
    {
        var report = Verify();
        Assert.Equal((0, 0, 0), (report.Rows, report.Batches, report.FindingCount));
    }

    [Fact]
    public void What_the_store_wrote_passes()
    {
        Fill();
        var report = Verify();
        Assert.Empty(report.Findings);
        Assert.Equal(store.LastPosition, report.LastPosition);
        Assert.Equal(store.LastPosition, report.Rows);
        Assert.True(report.Batches > 10);
        Fold();
        Assert.Empty(Verify().Findings);
    }

    /// <summary>Every kind of row: plain payments with keys and blobs, a decline, holds to their end, a return, changes of accounts.</summary>
    private void Fill()
    {
        draft.CommitAll(draft.Open("A", sealedName: [1, 2, 3]), draft.Open("B"), draft.Open("C"), draft.Open("E", currency: JournalDraft.Eur));
        draft.CommitAll(draft.Fund("A", 10_000), draft.Fund("B", 10_000), draft.Fund("E", 10_000));
        for (var i = 0; i < 20; i++)
            draft.CommitAll([.. Enumerable.Range(0, 10).Select(number => draft.Pay("A", "B", 1 + number, IdempotencyKey.Of(1, $"{i}-{number}", "test")))]);
        draft.Commit(draft.Decline("A", "C", 1_000_000, IdempotencyKey.Of(1, "declined", "test")));
        var hold = draft.Transfer("B", "C", 500, TransferKind.Hold, expiresAtMs: 5_000);
        var voided = draft.Transfer("B", "C", 70, TransferKind.Hold);
        var open = draft.Transfer("B", "C", 30, TransferKind.Hold);
        draft.CommitAll(draft.Decide("B", hold), draft.Decide("B", voided), draft.Decide("B", open));
        draft.CommitAll(
            draft.Decide("B", draft.Transfer("B", "C", 100, TransferKind.Increase, hold.Id)),
            draft.Decide("B", draft.Transfer("B", "C", 200, TransferKind.Post, hold.Id)),
            draft.Decide("B", draft.Transfer("B", "C", 300, TransferKind.PostFinal, hold.Id)),
            draft.Decide("B", draft.Transfer("B", "C", 70, TransferKind.Void, voided.Id)));
        var paid = draft.Pay("A", "C", 50);
        draft.Commit(paid);
        var original = draft.Row(EventType.PaymentReturned, TransferKind.None, draft.Number("A"), draft.Number("C"), 20, payment: paid.Row.Id, version: 2);
        draft.Commit(draft.Decide("C", draft.Transfer("C", "A", 20, TransferKind.Posted), more: [original], returns: paid.Row.Id));
        draft.Commit(draft.ChangeStatus("E", AccountStatus.Frozen));
    }

    private void Fold()
    {
        while (store.CatchUp())
        {
        }
    }

    private AuditReport Verify() => AuditVerifier.Verify(path, null, CancellationToken.None);
}
