using System.Globalization;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Cards;

/// <summary>The grain of one card: the newest 4,096 attempts of two days at most, exactly counted. About 1 kB for a card with a handful.</summary>
public sealed class CardEntityGrain : ICardEntityGrain, IMovableState
{
    // From here only one card is seen.
    private const long ThisCard = 1;

    private readonly AttemptWindow attempts = AttemptWindow.OfCard();

    /// <param name="card">The card's keyed hash.</param>
    public static string KeyOf(long card) => card.ToString("x16", CultureInfo.InvariantCulture);

    public Task<CardAnswer> See(CardSighting sighting)
    {
        // Asked again, it is no attempt before itself.
        attempts.Remove(sighting.Attempt);
        var (hour, day) = (attempts.Counts(WindowMs.Hour, sighting.TimeMs), attempts.Counts(WindowMs.Day, sighting.TimeMs));
        Note(sighting, declined: false);
        return Task.FromResult(new CardAnswer(hour.Attempts, hour.Declined, day.Attempts, day.Declined, day.Others));
    }

    public Task<bool> Decline(CardSighting sighting)
    {
        var isKnown = attempts.Decline(sighting.Attempt);
        if (!isKnown)
            Note(sighting, declined: true);
        return Task.FromResult(isKnown);
    }

    public byte[]? Save() => attempts.Save();

    public void Restore(ReadOnlySpan<byte> saved) => attempts.Restore(saved);

    private void Note(CardSighting sighting, bool declined) =>
        attempts.Add(new CardAttempt(sighting.Attempt, sighting.TimeMs, ThisCard, sighting.Merchant, sighting.Amount, declined));
}
