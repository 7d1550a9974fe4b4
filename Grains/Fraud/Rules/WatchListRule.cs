using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Rules;

/// <summary>The watch list names a party of the payment: an analyst looks first.</summary>
public sealed class WatchListRule : IFraudRule
{
    private const int Points = 0;

    private static readonly Feature[] Looked = [Feature.OnWatchList];

    public string Name => "watch_list";

    public string Description => "The watch list names a party of the payment: an analyst looks first.";

    public IReadOnlyList<RuleParameter> Parameters { get; } =
    [
        new RuleParameter("points", "points", 50, 1, 100, "What it adds to the score."),
    ];

    public RuleMode DefaultMode => RuleMode.Published;

    public RuleFinding? Evaluate(in RuleInput input)
    {
        if (input.Features[Feature.OnWatchList] != 1)
            return null;
        var named = input.Facts.WatchedEntry ?? input.Facts.ListedEntry ?? "A party of this payment";
        return new RuleFinding((int)input.Parameters[Points], $"{named} is on the watch list", Looked, 1);
    }
}
