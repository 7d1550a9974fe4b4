using System.Globalization;

namespace Grains.Interfaces.Fraud.Client;

/// <summary>
/// Which events of <c>/fraud/stream</c> are asked for: all that is named must hold. Outcome, score and rule are a decision's, which a
/// payment's first event alone has.
/// </summary>
public sealed record FraudStreamQuery
{
    /// <summary>Such as <c>payment.held</c>.</summary>
    public string? Type { get; init; }

    /// <summary>A payment's or a case's id.</summary>
    public string? Subject { get; init; }

    /// <summary>The debtor or the creditor.</summary>
    public string? Account { get; init; }

    public RiskOutcome? Outcome { get; init; }

    /// <summary>0 to 100.</summary>
    public int? MinScore { get; init; }

    /// <summary>A rule that spoke, live or shadow.</summary>
    public string? Rule { get; init; }

    internal string Path()
    {
        var parts = new List<string>();
        Add("type", Type);
        Add("subject", Subject);
        Add("account", Account);
        Add("outcome", Outcome is { } outcome ? FraudEvent.Word(outcome) : null);
        Add("minScore", MinScore?.ToString(CultureInfo.InvariantCulture));
        Add("rule", Rule);
        return parts.Count == 0 ? "/fraud/stream" : "/fraud/stream?" + string.Join('&', parts);

        void Add(string name, string? value)
        {
            if (value is not null)
                parts.Add(name + "=" + Uri.EscapeDataString(value));
        }
    }
}
