using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>One source address that pays for many.</summary>
public sealed class SharedAddressRule : IFraudRule
{
    private const int Points = 0;
    private const int MinPayers = 1;

    private static readonly Feature[] Looked = [Feature.IpPayers1Hour, Feature.LocationIsUnreliable];

    public string Name => "shared_address";

    public string Description => "One source address pays for many distinct payers within an hour.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 20, 1, 100, "What it adds to the score."),
        new RuleParameter("min_payers", "payers", 10, 2, 4_000, "From this many distinct payers in an hour on, this one counted."),
    ];

    public RuleMode DefaultMode => RuleMode.Shadow;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        var (payers, limit) = (input.Features[Feature.IpPayers1Hour], input.Parameters[MinPayers]);
        // Behind a carrier's or a VPN's gateway there are many as a rule.
        return payers < limit || input.Features[Feature.LocationIsUnreliable] == 1 ? null
            : new RuleFinding((int)input.Parameters[Points], $"{Wording.Number(payers)} payers from this address in 1 hour, limit {Wording.Number(limit)}", Looked, limit);
    }
}
