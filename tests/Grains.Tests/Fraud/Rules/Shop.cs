using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

/// <summary>A merchant whose attempts are counted and judged as they come. Times are milliseconds from a start.</summary>
internal sealed class Shop
{
    private const long Start = Payer.Now;

    private readonly AttemptWindow attempts = AttemptWindow.OfMerchant();
    private readonly Dictionary<long, AttemptWindow> addresses = [];
    private readonly AcceptedCards accepted = new();
    private long id;

    public void Pays(long timeMs, long card, long address, long amount)
    {
        Add(timeMs, card, address, amount);
        accepted.Add(card, 0, Start + timeMs);
    }

    /// <summary>An attempt that its issuer declines, unless the rule stops it first; whether it did.</summary>
    public bool Tries(long timeMs, long card, long address, long amount)
    {
        if (Speaks(timeMs, card, address, amount))
        {
            Add(timeMs, card, address, amount);
            return true;
        }

        // The customers of these tests are not declined.
        if (card < 100)
            Add(timeMs, card, address, amount);
        else
            Declined(timeMs, card, address, amount);
        return false;
    }

    public void Declined(long timeMs, long card, long address, long amount)
    {
        Add(timeMs, card, address, amount);
        Assert.True(attempts.Decline(id));
        if (address != 0)
            Assert.True(addresses[address].Decline(id));
    }

    public bool Speaks(long timeMs, long card, long address, long amount)
    {
        var vector = new FeatureVector { [Feature.Amount] = amount, [Feature.CardSucceededHere] = accepted.Of(card, 0) };
        CardFeatures.Fill(vector, attempts, null, Of(address), Start + timeMs);
        return GoldenList.Evaluate(new CardTestingRule(), vector, RiskFacts.None) is not null;
    }

    private void Add(long timeMs, long card, long address, long amount)
    {
        var attempt = new CardAttempt(++id, Start + timeMs, card, address, amount, Declined: false);
        attempts.Add(attempt);
        Of(address)?.Add(attempt with { Other = 1 });
    }

    private AttemptWindow? Of(long address)
    {
        if (address == 0)
            return null;
        if (!addresses.TryGetValue(address, out var window))
            addresses.Add(address, window = AttemptWindow.OfAddress());
        return window;
    }
}
