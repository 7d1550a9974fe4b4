using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>The allow list names a party of the payment: a reason to trust it.</summary>
public sealed class AllowListRule : IFraudRule
{
    private const int Points = 0;

    private static readonly Feature[] Looked = [Feature.OnAllowList, Feature.OnBlockList];

    public string Name => "allow_list";

    public string Description => "The allow list names a party of the payment, and the block list none: a reason to trust it.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", -100, -100, -1, "What it adds to the score."),
    ];

    public RuleMode DefaultMode => RuleMode.Published;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        // A block outweighs it: else the two would cancel out.
        if (input.Features[Feature.OnAllowList] != 1 || input.Features[Feature.OnBlockList] == 1)
            return null;
        var named = input.Facts.AllowedEntry ?? input.Facts.ListedEntry ?? "A party of this payment";
        return new RuleFinding((int)input.Parameters[Points], $"{named} is on the allow list", Looked, 1);
    }
}
