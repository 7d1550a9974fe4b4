using Grains.Acquirers;
using Grains.Fraud.Cards;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Checkout;

/// <summary>What decisions need beside the merchant's book.</summary>
internal sealed record DecisionTools(LedgerIds Ids, CardTokenizer Cards, CheckoutSecrets Secrets, AcquirerOptions Acquirer, ReferenceHash References)
{
    /// <summary>What card attempts are judged by; null where they are not.</summary>
    public CardRisk? Risk { get; init; }
}

/// <summary>
/// One decision in the making: reads the book, and gathers new document states, events and money. Nothing happens until the grain
/// hands it to the ledger; a draft that is let go leaves no trace but unused ids.
/// </summary>
internal sealed partial class Draft(MerchantBook book, DecisionTools tools, RequestFacts request, long nowMs)
{
    private readonly Dictionary<long, CheckoutDocument> changed = new(8);

    public RequestFacts Request => request;

    public long NowMs => nowMs;

    /// <summary>Seconds since 1970.</summary>
    public long Now => nowMs / 1_000;

    public DecisionTools Tools => tools;

    public string Merchant => book.Merchant;

    public bool IsEmpty => changed.Count == 0 && dueAdded.Count == 0 && dueDone.Count == 0;

    public long NewNumber() => tools.Ids.Next();

    public string IdOf(DocumentKind kind, long number) => DocumentId.Format(kind, book.Bucket, number);

    /// <summary>The document's number from its id; false where the id is no such one.</summary>
    public bool TryNumber(DocumentKind kind, string? id, out long number) => DocumentId.TryParse(id, kind, book.Bucket, out number);

    /// <summary>The document; null where the merchant has none of that kind with this id.</summary>
    public CheckoutDocument? Find(DocumentKind kind, string? id) => TryNumber(kind, id, out var number) ? Find(kind, number) : null;

    public CheckoutDocument? Find(DocumentKind kind, long number)
    {
        if (changed.TryGetValue(number, out var document))
            return document.Kind == kind ? document : null;
        if (!book.TryFind(number, out document))
            throw new NotReadYetException(number);
        return document is not null && document.Kind == kind ? document : null;
    }

    public T? Find<T>(DocumentKind kind, string? id)
        where T : class => Find(kind, id)?.Public as T;

    /// <summary>A document that must be there, since one of ours names it.</summary>
    public CheckoutDocument Get(DocumentKind kind, string id) =>
        Find(kind, id) ?? throw new InvalidDataException($"{kind} {id} of merchant {Merchant} is named, but not there.");

    /// <summary>Any document by its id, as callers see it; null where there is none.</summary>
    public CheckoutDocument? FindAny(string id) => DocumentId.TryParse(id, book.Bucket, out var kind, out var number) ? Find(kind, number) : null;

    /// <summary>A charge's refunds, newest first: as many as are shown, and one more where there are more.</summary>
    public IReadOnlyList<CheckoutDocument> RefundsOf(string charge)
    {
        // One that this decision makes has another id each time that it is made: nothing of it could ever be read.
        var isNew = TryNumber(DocumentKind.Charge, charge, out var charged) && !book.TryFind(charged, out _);
        var known = isNew ? [] : book.RefundsOf(charge) ?? throw new NotReadYetException(charge);
        var made = changed.Values.Where(document => document.Public is Refund refund && refund.Charge == charge && !known.Contains(document.Number)).Select(static document => document.Number);
        return [.. made.OrderDescending().Concat(known).Take(RefundList.MaxShown + 1).Select(number => Find(DocumentKind.Refund, number)!)];
    }

    /// <summary>A document whatever its kind; null where there is none.</summary>
    public CheckoutDocument? FindAny(long number)
    {
        if (!changed.TryGetValue(number, out var document) && !book.TryFind(number, out document))
            throw new NotReadYetException(number);
        return document;
    }

    /// <summary>Sets a document's new state.</summary>
    public void Put(DocumentKind kind, long number, object value, object? record = null)
    {
        var before = changed.GetValueOrDefault(number) ?? (book.TryFind(number, out var known) ? known : null);
        changed[number] = new CheckoutDocument(kind, number, before?.Version ?? 0, value, record, DocumentLinks.Of(value));
    }

    /// <summary>The account that holds the merchant's money in a currency.</summary>
    public long BalanceAccount(Currency currency)
    {
        var account = book.Balance(currency);
        return account == 0 ? throw new NotReadYetException(currency) : account;
    }

    /// <summary>What of the merchant's money in a currency could leave now: what is posted, less what has not matured, as the wire counts it.</summary>
    public long Available(Currency currency)
    {
        _ = BalanceAccount(currency);
        var later = Maturing(currency.Code.ToLowerInvariant()).Value.NetByAvailableOn.Where(sum => sum.Key > Now).Sum(static sum => sum.Value);
        return checked(WireCurrency.ToWire(book.Posted(currency), currency) - later);
    }

    public IReadOnlyList<long> Endpoints => book.Endpoints;

    /// <summary>What is maturing in a currency.</summary>
    public (long Number, Maturing Value) Maturing(string currency)
    {
        // The first one of a currency is not in the book before it is committed, and one draft may note several sums.
        if (changed.Values.FirstOrDefault(document => document.Public is Maturing maturing && maturing.Currency == currency) is { } noted)
            return (noted.Number, (Maturing)noted.Public);
        if (!book.Maturing.TryGetValue(currency, out var number))
            return (NewNumber(), new Maturing { Currency = currency });
        return (number, (Maturing)Find(DocumentKind.Maturing, number)!.Public);
    }
}
