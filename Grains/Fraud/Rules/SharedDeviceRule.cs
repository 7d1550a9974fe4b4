using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>One device that pays for many.</summary>
public sealed class SharedDeviceRule : IFraudRule
{
    private const int Points = 0;
    private const int MinPayers = 1;

    private static readonly Feature[] Looked = [Feature.DevicePayers24Hours];

    public string Name => "shared_device";

    public string Description => "One device pays for many distinct payers within a day.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 30, 1, 100, "What it adds to the score."),
        new RuleParameter("min_payers", "payers", 4, 2, 4_000, "From this many distinct payers in 24 hours on, this one counted."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (payers, limit) = (input.Features[Feature.DevicePayers24Hours], input.Parameters[MinPayers]);
        return payers < limit ? null
            : new RuleFinding((int)input.Parameters[Points], $"{Wording.Number(payers)} payers on this device in 24 hours, limit {Wording.Number(limit)}", Looked, limit);
    }
}
