using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>Money that leaves an account about as soon, and about as much, as it came: a mule's account.</summary>
public sealed class PassThroughRule : IFraudRule
{
    private const int Points = 0;
    private const int MinIncoming = 1;
    private const int MinPercent = 2;
    private const int MaxPercent = 3;
    private const int WithinMs = 4;

    private static readonly Feature[] Looked = [Feature.Amount, Feature.Sum24Hours, Feature.IncomingSum24Hours, Feature.SinceIncomingMs];

    public string Name => "pass_through";

    public string Description => "What came in within a day goes out again, soon after it came.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 50, 1, 100, "What it adds to the score."),
        new RuleParameter("min_incoming", "minor units", 100_000, 1, 1_000_000_000_000_000, "Credits of 24 hours under this sum are never judged."),
        new RuleParameter("min_percent", "%", 80, 1, 1_000, "From this share of them on, this payment counted, it passes through."),
        new RuleParameter("max_percent", "%", 120, 1, 1_000, "Beyond this share the account pays from what it had."),
        new RuleParameter("within_ms", "ms", 3_600_000, 1_000, 86_400_000, "How long ago the last credit came at most."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var features = input.Features;
        var parameters = input.Parameters;
        if (!features.Has(Feature.Amount) || !features.Has(Feature.Sum24Hours) || features[Feature.IncomingSum24Hours] < parameters[MinIncoming])
            return null;
        if (!features.Has(Feature.SinceIncomingMs) || features[Feature.SinceIncomingMs] > parameters[WithinMs])
            return null;
        var (outgoing, incoming) = (features[Feature.Sum24Hours] + features[Feature.Amount], features[Feature.IncomingSum24Hours]);
        var percent = (Int128)outgoing * 100 / incoming;
        if (percent < parameters[MinPercent] || percent > parameters[MaxPercent])
            return null;
        var currency = input.Facts.Currency;
        var text = $"{Wording.Amount(outgoing, currency)} of {Wording.Amount(incoming, currency)} credited in 24 hours goes out again, {Wording.Number((long)percent)} %, {Wording.Duration(features[Feature.SinceIncomingMs])} after the last credit, limit {Wording.Number(parameters[MinPercent])} %";
        return new RuleFinding((int)parameters[Points], text, Looked, parameters[MinPercent]);
    }
}
