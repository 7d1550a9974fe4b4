using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Detectors;

/// <summary>
/// One source address tries out cards at several merchants within an hour: at each of them too few to be noticed there. Attempts
/// without an address cannot be told apart.
/// </summary>
public sealed class CardTestingSpreadDetector(IReadOnlyList<long> parameters) : IDetector
{
    private readonly KeyedWindows<Try> tries = new(WindowMs.Hour);
    private readonly HashSet<long> merchants = [];
    private readonly HashSet<long> cards = [];

    public static DetectorKind Kind { get; } = new(
        "card_testing_spread", "One source address has cards declined at several merchants within an hour",
        [
            new RuleParameter("min_merchants", "merchants", 3, 2, 50, "Distinct merchants where a card was declined."),
            new RuleParameter("min_cards", "cards", 5, 2, 200, "Distinct cards that were declined."),
            new RuleParameter("min_percent", "%", 50, 1, 100, "The part of its attempts that was declined."),
        ],
        static parameters => new CardTestingSpreadDetector(parameters));

    public DetectorFinding? See(SeenCardTry attempt)
    {
        if (attempt.Address == 0)
            return null;
        var seen = tries.Add(attempt.Address, new Try(attempt.Charge, attempt.TimeMs, attempt.Merchant, attempt.Card, attempt.Amount, attempt.Currency, attempt.IsDeclined, attempt.Reference));
        if (!attempt.IsDeclined || seen.Count < parameters[1])
            return null;
        merchants.Clear();
        cards.Clear();
        var (declined, sum, references) = (0L, 0L, new List<SeenReference>(seen.Count));
        for (var i = 0; i < seen.Count; i++)
        {
            references.Add(seen[i].Reference);
            if (!seen[i].IsDeclined)
                continue;
            declined++;
            merchants.Add(seen[i].Merchant);
            cards.Add(seen[i].Card);
            if (seen[i].Currency == attempt.Currency)
                sum = checked(sum + seen[i].Amount);
        }

        if (merchants.Count < parameters[0] || cards.Count < parameters[1] || declined * 100 < seen.Count * parameters[2])
            return null;
        var text = $"One address had {cards.Count} cards declined at {merchants.Count} merchants within {Wording.Duration(Math.Max(seen[seen.Count - 1].TimeMs - seen[0].TimeMs, 1))}: "
            + $"{declined} of its {seen.Count} attempts, {Wording.Amount(sum, attempt.Currency)} in all.";
        return new DetectorFinding($"address:{attempt.Address:x16}", AlertSeverity.High, text, [.. merchants], [], references, sum, attempt.Currency);
    }

    private readonly record struct Try(long Id, long TimeMs, long Merchant, long Card, long Amount, Currency Currency, bool IsDeclined, SeenReference Reference) : ITimed;
}
