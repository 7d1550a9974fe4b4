using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>The block list names a party of the payment.</summary>
public sealed class BlockListRule : IFraudRule
{
    private const int Points = 0;

    private static readonly Feature[] Looked = [Feature.OnBlockList];

    public string Name => "block_list";

    public string Description => "The block list names a party of the payment.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 100, 1, 100, "What it adds to the score."),
    ];

    public RuleMode DefaultMode => RuleMode.Published;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        if (input.Features[Feature.OnBlockList] != 1)
            return null;
        var named = input.Facts.BlockedEntry ?? input.Facts.ListedEntry ?? "A party of this payment";
        return new RuleFinding((int)input.Parameters[Points], $"{named} is on the block list", Looked, 1);
    }
}
