using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>A payer of some standing pays a high amount from a device that was never seen with them.</summary>
public sealed class NewDeviceRule : IFraudRule
{
    private const int Points = 0;
    private const int MinAmount = 1;
    private const int MinStandingMs = 2;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.DeviceIsNew, Feature.SinceFirstMs];

    public string Name => "new_device";

    public string Description => "A payer of some standing pays from a device never seen with them.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 20, 1, 100, "What it adds to the score."),
        new RuleParameter("min_amount", "minor units", 50_000, 0, 1_000_000_000_000_000, "Lower amounts are never judged."),
        new RuleParameter("min_standing_ms", "ms", 604_800_000, 0, 7_776_000_000, "How long ago the payer's first payment was at least: everybody's first device is new."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (features, limit) = (input.Features, input.Parameters[MinAmount]);
        if (features[Feature.DeviceIsNew] != 1 || features[Feature.Amount] < limit || !features.Has(Feature.SinceFirstMs) || features[Feature.SinceFirstMs] < input.Parameters[MinStandingMs])
            return null;
        var currency = input.Facts.Currency;
        var text = $"{Wording.Amount(features[Feature.Amount], currency)} from a device first seen now, of a payer for {Wording.Duration(features[Feature.SinceFirstMs])}, limit {Wording.Amount(limit, currency)}";
        return new RuleFinding((int)input.Parameters[Points], text, Looked, limit);
    }
}
