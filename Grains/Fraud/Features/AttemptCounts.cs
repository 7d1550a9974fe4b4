namespace Grains.Fraud.Features;

/// <summary>What a window of attempts holds.</summary>
/// <param name="Cards">Distinct ones, as are all that follow.</param>
/// <param name="Others">Of the other parties; none (0) is one of them.</param>
public readonly record struct AttemptCounts(int Attempts, int Declined, int Cards, int DeclinedCards, int Others, int DeclinedOthers);
