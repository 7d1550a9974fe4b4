using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>Two payments of a payer whose places lie farther apart than anybody travels in the time between them.</summary>
public sealed class ImpossibleTravelRule : IFraudRule
{
    private const int Points = 0;
    private const int MinDistanceKm = 1;
    private const int MaxSpeedKmh = 2;

    private const long MsMetresOfKmh = 3_600;

    private static readonly Feature[] Looked = [Feature.TravelMetres, Feature.TravelMs, Feature.LocationIsUnreliable];

    public string Name => "impossible_travel";

    public string Description => "The payer's last place is too far from this one for the time between them.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 60, 1, 100, "What it adds to the score."),
        new RuleParameter("min_distance_km", "km", 100, 0, 20_100, "Nearer places are never judged: positions are inexact."),
        new RuleParameter("max_speed_kmh", "km/h", 1_000, 1, 100_000, "Faster than this nobody travels."),
    ];

    public RuleMode DefaultMode => RuleMode.Published;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var features = input.Features;
        if (!features.Has(Feature.TravelMetres) || !features.Has(Feature.TravelMs) || features[Feature.LocationIsUnreliable] == 1)
            return null;
        var (metres, ms, limit) = (features[Feature.TravelMetres], features[Feature.TravelMs], input.Parameters[MaxSpeedKmh]);
        // Metres in milliseconds times 3,600 are km/h: multiplied out, so that no time divides by zero.
        if (metres < input.Parameters[MinDistanceKm] * 1_000 || metres * MsMetresOfKmh <= limit * ms)
            return null;
        return new RuleFinding((int)input.Parameters[Points], Text(metres, ms, limit, input.Facts), Looked, limit);
    }

    private static string Text(long metres, long ms, long limit, RiskFacts facts)
    {
        var way = $"{facts.TravelFrom ?? "The last place"} → {facts.TravelTo ?? "this place"}, {Wording.Number((metres + 500) / 1_000)} km";
        return ms <= 0
            ? $"{way} at once, limit {Wording.Number(limit)} km/h"
            : $"{way} in {Wording.Duration(ms)} = {Wording.Number(metres * MsMetresOfKmh / ms)} km/h, limit {Wording.Number(limit)}";
    }
}
