using System.Buffers;
using System.Text.Json;
using Grains.Checkout;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;

namespace Checkout.Tests;

/// <summary>Merchants' documents against the ledger's transfers.</summary>
public sealed class DocumentAuditTests
{
    [Fact]
    public async Task Documents_of_a_full_day_equal_their_transfers_and_one_that_does_not_is_named()
    {
        await using var bench = MerchantBench.Start();
        var paid = await FullDay(bench);
        var (documents, found) = Verify(bench);
        Assert.Empty(found);
        Assert.True(documents > 50, $"Only {documents} documents were compared.");

        // An intent that says one cent more than was captured, recorded as if the merchant's grain had.
        var owner = (await bench.Edition.Writer.Reader.FindAccount(AccountId.Parse("m")))!;
        Assert.True(DocumentId.TryParse(paid, Bucket.Of(owner.Id), out var kind, out var number));
        var state = (await bench.Edition.Checkout.Documents.Find(owner.Number, (byte)kind, number))!;
        var intent = JsonSerializer.Deserialize(state.Public.Span, CheckoutJson.Default.PaymentIntent)!;
        var wrong = state with { Version = state.Version + 1, Public = JsonSerializer.SerializeToUtf8Bytes(intent with { AmountReceived = intent.AmountReceived + 1 }, CheckoutJson.Default.PaymentIntent) };
        Assert.Equal(Refusal.None, await Record(bench, owner, wrong));
        var finding = Assert.Single(Verify(bench).Findings);
        Assert.Equal(("document", "amount_received"), (finding.Table, finding.Field));
        Assert.Equal($"{paid} says 10001; its transfers say 10000.", finding.Detail);
        Assert.StartsWith("evt_", finding.EventId);
    }

    [Fact]
    public async Task An_index_that_has_an_old_state_is_named()
    {
        await using var bench = MerchantBench.Start();
        await FullDay(bench);
        await bench.Close();
        using (var log = DocumentLog.OfFile(bench.LedgerFile))
        {
            var index = log.Index(0, 10_000);
            SQLitePCL.Batteries_V2.Init();
            Assert.Equal(0, SQLitePCL.raw.sqlite3_open(bench.LedgerFile, out var database));
            using (database)
                Assert.Equal(0, SQLitePCL.raw.sqlite3_exec(database, $"UPDATE document SET row = {index[0].Row} WHERE number = {index[^1].Number}"));
        }

        var finding = Assert.Single(Verify(bench).Findings);
        Assert.Equal("row", finding.Field);
        Assert.Contains("its newest state is in evt_", finding.Detail, StringComparison.Ordinal);
    }

    /// <summary>All that moves money for a merchant; the id of a payment that was captured at once.</summary>
    private static async Task<string> FullDay(MerchantBench bench)
    {
        var paid = (await bench.Pay()).Is(200);
        (await bench.Pay("pm_card_visa_chargeDeclined")).Is(402);
        (await bench.Pay("pm_card_createDispute")).Is(200);
        var back = (await bench.Pay("pm_card_refundFail")).Is(200);
        (await bench.Run(new CreateRefund(null, back["id"], 4_000, null, null))).Is(200);
        var refunded = (await bench.Pay()).Is(200);
        (await bench.Run(new CreateRefund(null, refunded["id"], 2_500, null, null))).Is(200);
        (await bench.Pay(manual: true)).Is(200);
        var part = (await bench.Pay(manual: true)).Is(200);
        (await bench.Run(new CaptureIntent(part["id"], 6_000, true, null, null, null))).Is(200);
        var many = (await bench.Pay(manual: true, options: new CardOptionsUpdate(RequestMulticapture: "if_available", RequestIncrementalAuthorization: "if_available"))).Is(200);
        (await bench.Run(new IncrementAuthorization(many["id"], 12_000, null, null, null))).Is(200);
        (await bench.Run(new CaptureIntent(many["id"], 3_000, false, null, null, null))).Is(200);
        var released = (await bench.Pay(manual: true)).Is(200);
        (await bench.Run(new CancelIntent(released["id"], null))).Is(200);
        // A dispute and refunds came out of what is available: it takes some to have any.
        for (var i = 0; i < 3; i++)
            (await bench.Pay("pm_card_bypassPending")).Is(200);
        (await bench.Run(new CreatePayout(1_000, "usd", null, null, "standard", null, null))).Is(200);
        var canceled = (await bench.Run(new CreatePayout(500, "usd", null, null, "standard", null, null))).Is(200);
        (await bench.Run(new CancelPayout(canceled["id"]))).Is(200);
        return paid["id"];
    }

    private static (long Documents, IReadOnlyList<AuditFinding> Findings) Verify(MerchantBench bench)
    {
        using var log = DocumentLog.OfFile(bench.LedgerFile);
        using var key = Ledger.Sealing.MasterKey.Load(Path.GetDirectoryName(bench.LedgerFile)!, mayCreate: false);
        return DocumentAudit.Verify(log, key, null, CancellationToken.None);
    }

    private static ReadOnlySpan<byte> Frame(DocumentState state)
    {
        var frame = new DocumentFrameWriter();
        frame.Write(state.Public.Span);
        frame.Write(state.Private.Span);
        frame.Add(state.Kind, state.Number, state.Version, state.Public.Length, state.Private.Length);
        return frame.Encode();
    }

    private static async Task<Refusal> Record(MerchantBench bench, AccountRecord owner, DocumentState state)
    {
        var id = bench.Edition.Writer.Ids.Next();
        using var key = bench.Edition.MasterKey.Unwrap(owner.WrappedDataKey!);
        var row = new LogRow
        {
            Id = id,
            Type = EventType.MerchantRecorded,
            TimeMs = bench.Edition.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Tenant = owner.Tenant,
            Payment = 0,
            Version = owner.EventVersion + 1,
            Debtor = owner.Number,
            Currency = Currency.Usd,
            Data = """{"subject":"m","events":[],"objects":[]}"""u8.ToArray(),
            Sealed = key.Seal(id, Frame(state)),
        };
        LeafHash.Seal(row);
        var entry = new JournalEntry { Owner = owner.Number, ExpectedVersion = owner.Version, Row = row, Documents = [new DocumentChange(state.Number, owner.Number, state.Kind)] };
        Assert.Equal(Admission.Admitted, bench.Edition.Writer.TryEnqueue(entry));
        return await entry.Committed;
    }
}
