using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Cards;

/// <summary>
/// The card attempts of one merchant, in all, by card and by source address, and whose payments it accepted. An attempt counts from
/// its beginning; what it came to is told later, once. One thread at a time; no clock of its own. About 1 kB a card or address that
/// is remembered.
/// </summary>
public sealed class MerchantAttempts
{
    /// <summary>Attempts under way that are known by name; beyond it all names are forgotten, and what ends then is counted at its end.</summary>
    public const int MaxBegun = 10_000;

    /// <summary>Attempts under way, the newest, that are looked at when one asks what would be were they declined.</summary>
    public const int MaxUnderWay = 64;

    private const int MaxLooked = 256;

    /// <summary>An attempt without an answer for so long, in milliseconds, is waited for no more.</summary>
    private const long UnderWayMs = 5_000;

    // From here only one merchant's attempts are seen.
    private const long ThisMerchant = 1;

    /// <summary>
    /// The card of what was blocked, as the merchant's and the address's windows count it: one for all. Under their own ones they
    /// would thin out those that were declined, and a wave that is blocked would open its own way again.
    /// </summary>
    private const long BlockedCard = 0;

    private AttemptWindow merchant = AttemptWindow.OfMerchant();
    private readonly EntityWindows cards = new(AttemptWindow.OfCard);
    private readonly EntityWindows addresses = new(AttemptWindow.OfAddress);
    private AcceptedCards accepted = new();
    private readonly Dictionary<string, LinkedListNode<(long Id, CardTry Try)>> begun = [];
    private readonly LinkedList<(long Id, CardTry Try)> underWay = [];
    private long lastId;

    /// <summary>Attempts that the merchant's window holds.</summary>
    public int Count => merchant.Count;

    /// <summary>An attempt is on its way to the acquirer; one that is known by this name already changes nothing.</summary>
    public void Begin(string name, in CardTry attempt)
    {
        if (begun.ContainsKey(name))
            return;
        if (begun.Count >= MaxBegun)
            ForgetBegun();
        begun.Add(name, underWay.AddLast((Add(attempt, attempt.Card, declined: false), attempt)));
    }

    /// <summary>It waits for its cardholder, at a challenge: what becomes of it may take any time.</summary>
    public void Rest(string name)
    {
        if (begun.TryGetValue(name, out var known))
            EndWay(known);
    }

    /// <summary>What began goes on under another name, after a challenge: it counts once.</summary>
    public void Continue(string before, string name)
    {
        if (!begun.Remove(before, out var known))
            return;
        begun[name] = known;
        EndWay(known);
        underWay.AddLast(known);
    }

    /// <summary>The acquirer answered.</summary>
    /// <param name="attempt">What is counted where its beginning is not known.</param>
    public void End(string name, in CardTry attempt, TryOutcome outcome)
    {
        if (!begun.Remove(name, out var known))
        {
            Recall(attempt, outcome);
            return;
        }

        EndWay(known);
        if (outcome == TryOutcome.Accepted)
            Accept(known.Value.Try);
        else if (outcome == TryOutcome.Declined)
            Decline(known.Value, declined: true);
    }

    /// <summary>An attempt that was declined here and never sent: an attempt, and no declined one.</summary>
    public void Block(in CardTry attempt) => Add(attempt, BlockedCard, declined: false);

    /// <summary>An attempt that ended before.</summary>
    public void Recall(in CardTry attempt, TryOutcome outcome)
    {
        Add(attempt, attempt.Card, outcome == TryOutcome.Declined);
        if (outcome == TryOutcome.Accepted)
            Accept(attempt);
    }

    public void Forget()
    {
        merchant = AttemptWindow.OfMerchant();
        cards.Forget();
        addresses.Forget();
        accepted = new AcceptedCards();
        ForgetBegun();
    }

    /// <summary>Writes the features of an attempt, which is in none of them.</summary>
    /// <param name="isJudged">Whether the merchant's and the address's attempts speak of this one.</param>
    public void Fill(FeatureVector vector, in CardTry attempt, bool isJudged)
    {
        var address = isJudged && attempt.Address != 0 ? addresses.FindOrNone(attempt.Address) : null;
        CardFeatures.Fill(vector, isJudged ? merchant : null, cards.FindOrNone(attempt.Card), address, attempt.TimeMs);
        // What the card did at others is not known here.
        vector[Feature.CardMerchants24Hours] = FeatureVector.Missing;
        vector[Feature.CardSucceededHere] = accepted.Of(attempt.Card, attempt.Customer);
    }

    /// <summary>As <see cref="Fill"/>, as it would be were those declined that are under way, of cards that did not pay here before.</summary>
    /// <returns>False, and nothing is written, where there are none.</returns>
    public bool FillAsDeclined(FeatureVector vector, in CardTry attempt)
    {
        var supposed = new List<(long Id, CardTry Try)>();
        // By when they came under way, which after a challenge is not when they began: an old one does not hide those before it.
        var looked = 0;
        for (var one = underWay.Last; one is not null && looked++ < MaxLooked && supposed.Count < MaxUnderWay; one = one.Previous)
            if (one.Value.Try.TimeMs > attempt.TimeMs - UnderWayMs && accepted.Of(one.Value.Try.Card, one.Value.Try.Customer) == 0)
                supposed.Add(one.Value);
        if (supposed.Count == 0)
            return false;
        foreach (var one in supposed)
            Decline(one, declined: true);
        Fill(vector, attempt, isJudged: true);
        foreach (var one in supposed)
            Decline(one, declined: false);
        return true;
    }

    private void EndWay(LinkedListNode<(long Id, CardTry Try)> known)
    {
        if (known.List is not null)
            underWay.Remove(known);
    }

    private void ForgetBegun()
    {
        begun.Clear();
        underWay.Clear();
    }

    private void Decline(in (long Id, CardTry Try) known, bool declined)
    {
        merchant.Decline(known.Id, declined);
        cards.Find(known.Try.Card)?.Decline(known.Id, declined);
        addresses.Find(known.Try.Address)?.Decline(known.Id, declined);
    }

    private void Accept(in CardTry attempt) => accepted.Add(attempt.Card, attempt.Customer, attempt.TimeMs);

    private long Add(in CardTry attempt, long counted, bool declined)
    {
        var id = ++lastId;
        merchant.Add(new CardAttempt(id, attempt.TimeMs, counted, attempt.Address, attempt.Amount, declined));
        cards.Add(attempt.Card, new CardAttempt(id, attempt.TimeMs, attempt.Card, ThisMerchant, attempt.Amount, declined));
        if (attempt.Address != 0)
            addresses.Add(attempt.Address, new CardAttempt(id, attempt.TimeMs, counted, ThisMerchant, attempt.Amount, declined));
        return id;
    }
}
