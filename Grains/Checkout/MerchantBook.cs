using Grains.Fraud.Cards;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Checkout;

/// <summary>
/// What the grain believes of its merchant: committed state, plus what it decided and has not heard of yet. Discarded whole, and
/// read again, when the commit refuses anything.
/// </summary>
internal sealed class MerchantBook(string merchant, CardVelocity? velocity, MerchantAttempts? attempts = null)
{
    /// <summary>States that are remembered though they could be read; beyond it the oldest are forgotten.</summary>
    public const int Capacity = 4_000;

    private readonly Dictionary<long, CheckoutDocument?> documents = [];
    // By version: states that were followed by newer ones are not kept alive until their turn comes, to be copied by each collection.
    private readonly Queue<(long Number, int Version)> durable = [];
    private readonly Dictionary<long, int> underRead = [];
    private int refundsUnderRead;
    private readonly Dictionary<Currency, long> balances = [];
    private readonly Dictionary<Currency, long> posted = [];
    private readonly Dictionary<string, List<long>> refunds = [];

    public string Merchant => merchant;

    /// <summary>What cards were charged lately; null where nothing is limited.</summary>
    public CardVelocity? Velocity => velocity;

    /// <summary>The card attempts of lately, as risk is judged by them; null where it is not.</summary>
    public MerchantAttempts? Attempts => attempts;

    public int Bucket { get; } = Interfaces.Values.Bucket.Of(AccountId.Parse(merchant));

    /// <summary>The account whose version fences the merchant's entries; 0 until the merchant has one.</summary>
    public long Owner { get; set; }

    public long Version { get; set; }

    public int EventVersion { get; set; }

    /// <summary>Numbers of the endpoints that want events.</summary>
    public List<long> Endpoints { get; } = [];

    /// <summary>The documents of what is maturing, by currency.</summary>
    public Dictionary<string, long> Maturing { get; } = [];

    /// <summary>Advances when what was remembered is forgotten: what is read meanwhile is then too old.</summary>
    public int Epoch { get; private set; }

    public int Count => documents.Count;

    /// <summary>False where it is not known whether there is such a document.</summary>
    public bool TryFind(long number, out CheckoutDocument? document) => documents.TryGetValue(number, out document);

    /// <summary>Takes over what was read, unless something newer is known.</summary>
    public void Learn(long number, CheckoutDocument? document)
    {
        if (documents.TryAdd(number, document))
            Remember(number, document);
    }

    /// <summary>
    /// What is read of a document may be older than what is decided meanwhile, so that nothing newer is forgotten until
    /// <see cref="EndRead"/>.
    /// </summary>
    public void BeginRead(long number) => underRead[number] = underRead.GetValueOrDefault(number) + 1;

    public void EndRead(long number)
    {
        if (--underRead[number] == 0)
            underRead.Remove(number);
    }

    /// <summary>As <see cref="BeginRead"/>, for a charge's refunds.</summary>
    public void BeginReadRefunds() => refundsUnderRead++;

    public void EndReadRefunds() => refundsUnderRead--;

    /// <summary>
    /// Hears that states are durable: whoever needs one again may read it. What is over is let go at once, the rest when there is too
    /// much of it; what is in flight stays.
    /// </summary>
    public void Committed(IEnumerable<CheckoutDocument> states)
    {
        foreach (var state in states)
            if (!IsOver(state) || !TryLetGo(state.Number, state.Version))
                Remember(state.Number, state);
        if (refunds.Count > Capacity && refundsUnderRead == 0)
            refunds.Clear();
    }

    private void Remember(long number, CheckoutDocument? state)
    {
        if (state is { Kind: DocumentKind.Maturing or DocumentKind.WebhookEndpoint })
            return;
        durable.Enqueue((number, VersionOf(state)));
        for (var left = durable.Count; durable.Count > Capacity && left > 0; left--)
            if (durable.Dequeue() is var oldest && !TryLetGo(oldest.Number, oldest.Version))
                durable.Enqueue(oldest);
    }

    // Of a document that is known not to be there: no state has it.
    private static int VersionOf(CheckoutDocument? state) => state?.Version ?? -1;

    // True where it is gone, or something newer is in its place.
    private bool TryLetGo(long number, int version)
    {
        if (!documents.TryGetValue(number, out var present) || VersionOf(present) != version)
            return true;
        if (underRead.ContainsKey(number) || (present is { Kind: DocumentKind.Refund } && refundsUnderRead > 0))
            return false;
        return documents.Remove(number);
    }

    // What nothing more is likely to happen to. To remember it would cost more than to read it again: what lives long enough to be
    // met by a collection is copied.
    private static bool IsOver(CheckoutDocument state) => state.Public switch
    {
        EventRecord or BalanceTransaction => true,
        StoredRequest request => request.Status != 0,
        Delivery delivery => delivery.Status != DeliveryStatus.Pending,
        PaymentIntent intent => intent.Status is IntentStatus.Succeeded or IntentStatus.Canceled,
        Charge charge => charge.Captured || charge.Status == "failed",
        PaymentMethod => state.Private is PaymentMethodRecord { Spent: true },
        _ => false,
    };

    /// <summary>Takes over what was decided.</summary>
    public void Put(CheckoutDocument document)
    {
        documents[document.Number] = document;
        if (document.Public is Refund refund && refunds.TryGetValue(refund.Charge, out var known) && !known.Contains(document.Number))
            known.Insert(0, document.Number);
    }

    /// <summary>Numbers of a charge's newest refunds, newest first; null where they were not read.</summary>
    public IReadOnlyList<long>? RefundsOf(string charge) => refunds.GetValueOrDefault(charge);

    /// <summary>Takes over the committed refunds of a charge, newest first; those in flight are newer still.</summary>
    public void LearnRefunds(string charge, IReadOnlyList<long> recorded)
    {
        var inFlight = documents.Values.Where(document => document?.Public is Refund refund && refund.Charge == charge && !recorded.Contains(document.Number));
        refunds[charge] = [.. inFlight.Select(static document => document!.Number).OrderDescending(), .. recorded];
    }

    /// <summary>What the account is called that holds a merchant's money in a currency.</summary>
    public static string BalanceName(string merchant, Currency currency) => currency == Currency.Usd ? $"{merchant}:balance" : $"{merchant}:balance:{currency.Code.ToLowerInvariant()}";

    public long Balance(Currency currency) => balances.GetValueOrDefault(currency);

    public IReadOnlyCollection<Currency> Currencies => balances.Keys;

    /// <summary>What has been posted to the merchant's account in a currency, what is in flight included. Minor units.</summary>
    public long Posted(Currency currency) => posted[currency];

    /// <summary>Takes over an account that was read, with what is posted to it; one that is known already has moved on since.</summary>
    public void SetBalance(Currency currency, long account, long committed)
    {
        if (balances.TryAdd(currency, account))
            posted[currency] = committed;
    }

    /// <summary>Takes over what is committed; only while nothing of the merchant's is in flight.</summary>
    public void SetPosted(Currency currency, long committed) => posted[currency] = committed;

    /// <summary>Takes over a movement that was decided.</summary>
    public void Move(LogRow row)
    {
        if (row.Kind is not (TransferKind.Posted or TransferKind.Post or TransferKind.PostFinal) || Balance(row.Currency) is not (> 0 and var account))
            return;
        if (row.Creditor == account)
            posted[row.Currency] = checked(posted[row.Currency] + row.Amount);
        if (row.Debtor == account)
            posted[row.Currency] = checked(posted[row.Currency] - row.Amount);
    }

    public void Forget()
    {
        documents.Clear();
        durable.Clear();
        refunds.Clear();
        Epoch++;
    }
}
