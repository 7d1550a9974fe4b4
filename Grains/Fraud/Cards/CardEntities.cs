using Grains.Interfaces;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Cards;

/// <summary>Asks the card that an attempt is made with, and waits no longer than the deadline.</summary>
/// <param name="entity">The grain of a key.</param>
public sealed class CardEntities(Func<string, ICardEntityGrain> entity, TimeSpan deadline, TimeProvider timeProvider)
{
    /// <summary>What the card did before at all merchants; null where it did not answer in time.</summary>
    public Task<CardAnswer?> See(long card, CardSighting sighting)
    {
        var asked = entity(CardEntityGrain.KeyOf(card)).See(sighting);
        return asked.IsCompletedSuccessfully ? Task.FromResult<CardAnswer?>(asked.Result) : InTime(asked);
    }

    /// <summary>Tells the card that an attempt was declined; nobody waits for it.</summary>
    public void Decline(long card, CardSighting sighting) => _ = entity(CardEntityGrain.KeyOf(card)).Decline(sighting);

    private async Task<CardAnswer?> InTime(Task<CardAnswer> asked)
    {
        try
        {
            return await asked.WaitAsync(deadline, timeProvider);
        }
        catch (Exception exception) when (exception is TimeoutException or GrainHostStopping)
        {
            // The decision goes on with what the merchant itself knows, and says so.
            return null;
        }
    }
}
