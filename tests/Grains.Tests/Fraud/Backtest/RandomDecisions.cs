using Grains.Fraud;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Backtest;

/// <summary>Decisions of every shape, whether or not a rule would make them; the same for the same seed.</summary>
internal sealed class RandomDecisions(int seed)
{
    private static readonly string[] Words = ["", "New York", "Zürich", "北京", "a\u0000b", "e\u0301", "🛰", new string('x', 300)];
    private static readonly string[] Currencies = ["USD", "JPY", "BHD", "CLF", "XAF"];

    private readonly Random random = new(seed);

    public RiskDecision Next() => new()
    {
        Outcome = Any<RiskOutcome>(),
        Score = random.Next(101),
        RuleSetVersion = random.Next(1, int.MaxValue),
        DecidedAtMs = random.NextInt64(long.MaxValue),
        Model = random.Next(2) == 0 ? null : new ModelFinding(Word(), random.Next(1_000_001), random.Next(-100, 101), random.Next(2) == 0, Many(5, () => new ModelContribution(Word(), random.Next(int.MinValue, int.MaxValue)))),
        Reasons = Many(4, () => new RiskReason(Word(), random.Next(1, 100), Any<RuleMode>(), Any<RiskOutcome>(), random.Next(-100, 101), Word(), Many(6, Any<Feature>), Value())),
        Values = Many(FeatureVector.Count, Value),
        FellBack = Many(3, Any<Feature>),
        Facts = new RiskFacts
        {
            Currency = Currency.Parse(Currencies[random.Next(Currencies.Length)]),
            TravelFrom = WordOrNone(),
            TravelTo = WordOrNone(),
            ListedEntry = WordOrNone(),
            BlockedEntry = WordOrNone(),
            AllowedEntry = WordOrNone(),
            WatchedEntry = WordOrNone(),
            CardCountry = WordOrNone(),
            OtherCountry = WordOrNone(),
        },
    };

    private long Value() => random.Next(6) switch
    {
        0 or 1 => 0,
        2 or 3 => long.MinValue,
        4 => random.Next(-1_000, 1_000),
        _ => random.Next(4) switch { 0 => long.MaxValue, 1 => long.MinValue + 1, _ => random.NextInt64(long.MinValue, long.MaxValue) },
    };

    private string Word() => Words[random.Next(Words.Length)];

    private string? WordOrNone() => random.Next(2) == 0 ? null : Word();

    private T Any<T>()
        where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];

    private T[] Many<T>(int most, Func<T> one) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => one())];
}
