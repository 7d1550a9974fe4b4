using System.Security.Cryptography;
using System.Text.Json;
using Grains.Fraud;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Sealing;
using Ledger.Shards;

namespace Grains.Checkout;

/// <summary>
/// Whether a merchant's documents, and fraud cases, say what the ledger's transfers say: every document is opened where it was recorded,
/// the last state of each is held against the money that moved for it, and the index against the log. It changes nothing, and may run beside the
/// servers.
/// </summary>
public sealed class DocumentAudit
{
    private const int IndexPage = 5_000;
    private const string Table = "document";

    private readonly DocumentLog log;
    private readonly MasterKey masterKey;
    private readonly Dictionary<long, DataKey> keys = [];
    private readonly Dictionary<long, Known> documents = [];
    private readonly Dictionary<string, CardMoney> money = [];
    private readonly List<AuditFinding> findings = [];
    private readonly CaseAudit cases;
    private IReadOnlyList<DueItem> holdsDue = [];
    private long holdsDueAt;
    private long position;

    private DocumentAudit(DocumentLog log, MasterKey masterKey)
    {
        (this.log, this.masterKey) = (log, masterKey);
        cases = new CaseAudit(log.AccountOf, Found);
    }

    /// <summary>A document's last state in the log, and where it stands.</summary>
    private sealed record Known(DocumentState State, long Owner, LogRow Row);

    /// <param name="progress">Is told how far the log was read.</param>
    /// <returns>How many documents were compared, and what differs.</returns>
    public static (long Documents, IReadOnlyList<AuditFinding> Findings) Verify(DocumentLog log, MasterKey masterKey, IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var audit = new DocumentAudit(log, masterKey);
        try
        {
            audit.ReadLog(progress, null, cancellation);
            audit.ReadIndex(progress, cancellation);
            audit.Compare();
            return (audit.documents.Count, audit.findings);
        }
        finally
        {
            foreach (var key in audit.keys.Values)
                key.Dispose();
        }
    }

    private void ReadLog(IProgress<AuditProgress>? progress, HashSet<(long Document, long Row)>? since, CancellationToken cancellation)
    {
        for (var page = log.RowsAfter(position); page.Count > 0; page = log.RowsAfter(position))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var row in page)
                Read(row, since);
            position = page[^1].Position;
            progress?.Report(new AuditProgress(position, Math.Max(position, log.LastPosition)));
        }
    }

    private void Read(LogRow row, HashSet<(long Document, long Row)>? since)
    {
        cases.Read(row);
        if (!row.Type.IsOfCheckout() && !row.Type.IsOfFraud())
            return;
        if (row.Type != EventType.MerchantRecorded && !row.Type.IsOfFraud())
        {
            Count(row);
            return;
        }

        if (row.Sealed is null)
            return;
        foreach (var state in Open(row))
        {
            documents[state.Number] = new Known(state, state.Kind == CaseList.Kind ? CaseList.OwnerOn(ShardNumbers.ShardOf(row.Id)) : row.Debtor, row);
            since?.Add((state.Number, row.Id));
        }
    }

    private IReadOnlyList<DocumentState> Open(LogRow row)
    {
        try
        {
            if (!keys.TryGetValue(row.Debtor, out var key))
                keys.Add(row.Debtor, key = masterKey.Unwrap(log.DataKey(row.Debtor) ?? throw new CryptographicException($"Account {row.Debtor} has no data key.")));
            return DocumentFrame.Decode(key.Open(row.Id, row.Sealed!));
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidDataException)
        {
            Found(row, "sealed", $"The documents that this event recorded cannot be opened: {exception.Message}");
            return [];
        }
    }

    private void Count(LogRow row)
    {
        if (Subject(row) is not { } subject)
        {
            Found(row, "data", "The event of a card payment names no object.");
            return;
        }

        if (!money.TryGetValue(subject, out var moved))
            money.Add(subject, moved = new CardMoney(row));
        moved.Count(row);
    }

    private static string? Subject(LogRow row)
    {
        try
        {
            using var json = JsonDocument.Parse(row.Data);
            return json.RootElement.GetProperty("subject"u8).GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }

    // The servers go on meanwhile: what the index has newer than was read must stand in the log behind it.
    private void ReadIndex(IProgress<AuditProgress>? progress, CancellationToken cancellation)
    {
        var (doubtful, seen, after) = (new List<IndexedDocument>(), new HashSet<long>(), 0L);
        for (var page = log.Index(0, IndexPage); page.Count > 0; page = log.Index(after, IndexPage))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var entry in page)
            {
                seen.Add(entry.Number);
                if (!documents.TryGetValue(entry.Number, out var known) || known.Row.Id != entry.Row || known.Owner != entry.Owner || known.State.Kind != entry.Kind)
                    doubtful.Add(entry);
            }

            after = page[^1].Number;
        }

        foreach (var (number, known) in documents)
            if (!seen.Contains(number))
                Found(known, "number", $"{Name(known)} is in the log, but not in the index.");
        (holdsDue, holdsDueAt) = (log.Due(HoldDue.Kind), position);
        var since = new HashSet<(long Document, long Row)>();
        ReadLog(progress, since, cancellation);
        foreach (var entry in doubtful)
        {
            if (!documents.TryGetValue(entry.Number, out var known))
                findings.Add(new AuditFinding(Table, null, 0, "number", $"Document {entry.Number} is in the index, but in no event."));
            else if (known.Owner != entry.Owner || known.State.Kind != entry.Kind)
                Found(known, "owner", $"The index has {Name(known)} as of kind {entry.Kind} of account {entry.Owner}; the log says kind {known.State.Kind} of account {known.Owner}.");
            else if (!since.Contains((entry.Number, entry.Row)))
                Found(known, "row", $"The index has {Name(known)} in {EventId.Format(entry.Row)}; its newest state is in {EventId.Format(known.Row.Id)}.");
        }
    }

    private void Compare()
    {
        var (charges, refunds) = (new Dictionary<string, CardMoney>(), new Dictionary<string, long>());
        foreach (var known in documents.Values)
            if ((DocumentKind)known.State.Kind == DocumentKind.Charge)
                Add(charges, As(known, StoredJson.Default.Charge).PaymentIntent, MoneyOf(As(known, StoredJson.Default.Charge).Id));
            else if ((DocumentKind)known.State.Kind == DocumentKind.Refund && As(known, StoredJson.Default.Refund) is { BalanceTransaction: not null, Status: not "failed" } refund)
                refunds[refund.Charge] = refunds.GetValueOrDefault(refund.Charge) + refund.Amount;
        foreach (var known in documents.Values)
        {
            switch ((DocumentKind)known.State.Kind)
            {
                case DocumentKind.PaymentIntent:
                    var intent = As(known, StoredJson.Default.PaymentIntent);
                    var paid = charges.GetValueOrDefault(intent.Id) ?? CardMoney.None;
                    Same(known, "amount_received", intent.AmountReceived, paid.Captured);
                    Same(known, "amount_capturable", intent.AmountCapturable, paid.Open);
                    break;
                case DocumentKind.Charge:
                    var charge = As(known, StoredJson.Default.Charge);
                    Same(known, "amount_captured", charge.AmountCaptured, MoneyOf(charge.Id).Captured);
                    // A released authorization shows as refunded, though nothing was taken.
                    if (charge.Captured)
                        Same(known, "amount_refunded", charge.AmountRefunded, refunds.GetValueOrDefault(charge.Id));
                    break;
                case DocumentKind.Refund:
                    var back = As(known, StoredJson.Default.Refund);
                    Same(known, "amount", back is { BalanceTransaction: not null, Status: not "failed" } ? back.Amount : 0, MoneyOf(back.Id).Refunded);
                    break;
                case DocumentKind.Dispute:
                    var record = JsonSerializer.Deserialize(known.State.Private.Span, StoredJson.Default.DisputeRecord)!;
                    Same(known, "withdrawn", record.Withdrawn, MoneyOf(As(known, StoredJson.Default.Dispute).Id).Withdrawn);
                    break;
                case DocumentKind.Payout:
                    var payout = As(known, StoredJson.Default.Payout);
                    Same(known, "amount", payout.Status is "failed" or "canceled" ? 0 : payout.Amount, MoneyOf(payout.Id).PaidOut);
                    break;
                case DocumentKind.Customer or DocumentKind.PaymentMethod or DocumentKind.SetupIntent or DocumentKind.BalanceTransaction or DocumentKind.Event or DocumentKind.WebhookEndpoint
                    or DocumentKind.Token or DocumentKind.CheckoutSession or DocumentKind.Delivery or DocumentKind.Review or DocumentKind.FraudCase or DocumentKind.StoredRequest or DocumentKind.Maturing:
                    // No money moves for these themselves.
                    break;
            }
        }

        cases.Compare(documents.Values.Where(static known => known.State.Kind == CaseList.Kind).Select(static known => (FraudJson.ReadCase(known.State.Public), known.Row)), holdsDue, holdsDueAt);
        var named = documents.Values.Select(Name).ToHashSet();
        foreach (var (subject, moved) in money)
            if (!named.Contains(subject))
                Found(moved.First, "data", $"Money moved for {subject}, of which there is no document.");
    }

    private static void Add(Dictionary<string, CardMoney> sums, string key, CardMoney moved) => sums[key] = sums.TryGetValue(key, out var sum) ? sum.Plus(moved) : moved;

    private CardMoney MoneyOf(string subject) => money.GetValueOrDefault(subject) ?? CardMoney.None;

    private void Same(Known known, string field, long said, long moved)
    {
        if (said != moved)
            Found(known, field, $"{Name(known)} says {said}; its transfers say {moved}.");
    }

    private static T As<T>(Known known, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> form) => JsonSerializer.Deserialize(known.State.Public.Span, form)!;

    // The id that the wire shows: what the document itself says.
    private static string Name(Known known)
    {
        using var json = JsonDocument.Parse(known.State.Public);
        return json.RootElement.TryGetProperty("id"u8, out var id) ? id.GetString()! : $"document {known.State.Number}";
    }

    private void Found(Known known, string field, string detail) => Found(known.Row, field, detail);

    private void Found(LogRow row, string field, string detail) => findings.Add(new AuditFinding(Table, EventId.Format(row.Id), row.Position, field, detail));
}
