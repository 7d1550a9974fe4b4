using System.Text.Json;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Sealing;

namespace Grains.Checkout;

/// <summary>How a draft becomes one journal entry: document states sealed in its first row, money in the rows behind it.</summary>
internal sealed partial class Draft
{
    private readonly Dictionary<long, (int Place, CheckoutDocument Document)> placed = new(8);
    private readonly List<LogRow> money = [];
    private readonly List<DueItem> dueAdded = [];
    private readonly List<DueItem> dueDone = [];
    private readonly List<(string Type, long Subject)> happened = [];
    private StateWriter? states;

    /// <summary>Work for later: handed to this grain at its time, at least once.</summary>
    public void Due(string kind, long number, long atMs) => dueAdded.Add(new DueItem(atMs, Merchant, kind, number));

    public void DueDone(string kind, long number, long atMs) => dueDone.Add(new DueItem(atMs, Merchant, kind, number));

    /// <summary>Moves money. Returns the row's id, by which later rows of a pending transfer name it.</summary>
    /// <param name="wireAmount">As the wire counts the currency.</param>
    /// <param name="payment">The pending transfer's first row; 0 for this one.</param>
    public long Move(EventType type, TransferKind kind, long debtor, long creditor, long wireAmount, Currency currency, string subject, int version = 1, long payment = 0, long expiresAtMs = 0)
    {
        var (id, amount) = (NewNumber(), WireCurrency.ToLedger(wireAmount, currency));
        money.Add(new LogRow
        {
            Id = id,
            Type = type,
            TimeMs = nowMs,
            Tenant = Tenant,
            Payment = payment == 0 ? id : payment,
            Version = version,
            Kind = kind,
            Debtor = debtor,
            Creditor = creditor,
            Amount = amount,
            Currency = currency,
            ExpiresAtMs = expiresAtMs,
            Data = EventData.Moved(subject, amount, currency),
        });
        return id;
    }

    /// <summary>Whose key acts.</summary>
    public long Tenant { get; init; }

    /// <summary>Says that something happened to a document, as it is in this draft now.</summary>
    public void Emit(string type, DocumentKind kind, long number, JsonElement? previous = null)
    {
        var place = Place(Find(kind, number) ?? throw new InvalidOperationException($"An event of {kind} {number}, which is not there."));
        var eventNumber = NewNumber();
        var id = IdOf(DocumentKind.Event, eventNumber);
        var deliveries = Deliver(type, eventNumber, id, number);
        Put(DocumentKind.Event, eventNumber, new EventRecord
        {
            Id = id,
            Type = type,
            ApiVersion = request.ApiVersion,
            Created = Now,
            RequestId = request.Id.Length == 0 ? null : request.Id,
            IdempotencyKey = request.IdempotencyKey,
            Subject = number,
            Place = place,
            PreviousAttributes = previous,
            PendingWebhooks = deliveries,
        });
        happened.Add((type, number));
    }

    /// <summary>The entry: complete, sealed, and decided on the book as it is now.</summary>
    public JournalEntry ToEntry(WriterLane lane, DataKey key, IdempotencyKey idempotencyKey, UInt128 requestHash)
    {
        foreach (var document in changed.Values.ToArray())
            Place(document);
        var id = NewNumber();
        var row = new LogRow
        {
            Id = id,
            Type = EventType.MerchantRecorded,
            TimeMs = nowMs,
            Tenant = Tenant,
            Payment = 0,
            Version = book.EventVersion + 1,
            Debtor = book.Owner,
            Currency = Currency.Usd,
            Key = idempotencyKey,
            RequestHash = requestHash,
            Data = EventData.Recorded(Merchant, happened, changed.Values.Where(static document => document.Kind is not DocumentKind.Event and < DocumentKind.Delivery).Select(document => IdOf(document.Kind, document.Number))),
            Sealed = Seal(key, id),
        };
        LeafHash.Seal(row);
        foreach (var moved in money)
            LeafHash.Seal(moved);
        return new JournalEntry
        {
            Lane = lane,
            Owner = book.Owner,
            ExpectedVersion = book.Version,
            Row = row,
            MoreRows = MoreRows(),
            DueAdded = dueAdded.Count == 0 ? null : [.. dueAdded],
            DueDone = dueDone.Count == 0 ? null : [.. dueDone],
            Documents = [.. changed.Values.Select(Change)],
        };
    }

    /// <summary>The types of its events, with the number of the object that each is about.</summary>
    public IReadOnlyList<(string Type, long Subject)> Happened => happened;

    /// <summary>The documents' states after the entry.</summary>
    public IEnumerable<CheckoutDocument> States => changed.Values;

    /// <summary>The book takes over what was decided. Called once the entry is queued.</summary>
    public void Apply()
    {
        foreach (var document in States)
        {
            book.Put(document);
            if (document.Kind == DocumentKind.Maturing)
                book.Maturing[((Maturing)document.Public).Currency] = document.Number;
            else if (document.Kind == DocumentKind.WebhookEndpoint && !book.Endpoints.Contains(document.Number))
                book.Endpoints.Add(document.Number);
        }

        foreach (var moved in money)
            book.Move(moved);
        ApplyCharging();
        ApplyTried();
        book.Version++;
        book.EventVersion++;
    }

    /// <summary>Records a document's present state with the entry, changed or not.</summary>
    public void Keep(DocumentKind kind, long number) => Place(Find(kind, number)!);

    private int Place(CheckoutDocument document)
    {
        if (placed.TryGetValue(document.Number, out var last) && ReferenceEquals(last.Document.Public, document.Public) && ReferenceEquals(last.Document.Private, document.Private))
            return last.Place;
        var version = (placed.TryGetValue(document.Number, out last) ? last.Document.Version : document.Version) + 1;
        var recorded = document with { Version = version };
        var place = (states ??= StateWriter.Take()).Add(recorded);
        placed[document.Number] = (place, recorded);
        changed[document.Number] = recorded;
        return place;
    }

    private static IReadOnlyList<string> Without(IReadOnlyList<string> links, IReadOnlyList<string> others) =>
        links.SequenceEqual(others) ? [] : [.. links.Except(others)];

    private byte[] Seal(DataKey key, long row)
    {
        var writer = states ?? StateWriter.Take();
        states = null;
        var sealedStates = key.Seal(row, writer.Encode());
        writer.GiveBack();
        return sealedStates;
    }

    private DocumentChange Change(CheckoutDocument document)
    {
        book.TryFind(document.Number, out var known);
        if (document.Public is FraudCase state)
            return Change(document, state, known?.Public as FraudCase);
        IReadOnlyList<string> before = known?.Links ?? [];
        return new DocumentChange(document.Number, book.Owner, (byte)document.Kind)
        {
            IsNew = known is null,
            LinksAdded = before.Count == 0 ? document.Links : Without(document.Links, before),
            LinksRemoved = before.Count == 0 ? [] : Without(before, document.Links),
        };
    }
}
