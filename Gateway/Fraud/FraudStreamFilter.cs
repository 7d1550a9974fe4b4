using System.Globalization;
using Gateway.Wire;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>
/// Which events of the fraud stream a reader asks for: all that it names must hold. Outcome, score and rule are a decision's, which
/// a payment's first event alone has.
/// </summary>
internal sealed record FraudStreamFilter
{
    public static readonly string[] Names = ["type", "subject", "account", "outcome", "minScore", "rule"];

    private const int MaxScore = 100;
    private const int MaxRule = 64;

    private string? Type { get; init; }

    private string? Subject { get; init; }

    private string? Account { get; init; }

    private RiskOutcome? Outcome { get; init; }

    private int? MinScore { get; init; }

    private string? Rule { get; init; }

    public static FraudStreamFilter Read(QueryParameters query) => new()
    {
        Type = ReadType(query),
        Subject = query.Text("subject"),
        Account = query.Account("account")?.Value,
        Outcome = ReadOutcome(query),
        MinScore = ReadMinScore(query),
        Rule = ReadRule(query),
    };

    /// <summary>Whether events of this type are of the stream: payments', and those of analysts' work.</summary>
    public static bool IsOfStream(EventType type) => type.IsOfFraud() || type is >= EventType.PaymentSettled and <= EventType.PaymentPending;

    public bool Takes(FraudStreamEvent fraudEvent)
    {
        if (Type is not null && Type != fraudEvent.Type)
            return false;
        if (Subject is not null && Subject != fraudEvent.Subject && Subject != fraudEvent.Intent)
            return false;
        if (Account is not null && Account != fraudEvent.Debtor && Account != fraudEvent.Creditor && !fraudEvent.Named.Contains(Account))
            return false;
        if (Outcome is null && MinScore is null && Rule is null)
            return true;
        return fraudEvent.Decision is { } decision && Takes(decision);
    }

    private bool Takes(RiskDecision decision)
    {
        if (Outcome is { } outcome && outcome != decision.Outcome)
            return false;
        if (MinScore > decision.Score)
            return false;
        return Rule is null || decision.Reasons.Any(reason => reason.Rule == Rule);
    }

    private static string? ReadType(QueryParameters query)
    {
        if (query.Text("type") is not { } name)
            return null;
        if (name == JudgedCards.Type || (EventTypeName.TryParse(name, out var type) && IsOfStream(type)))
            return name;
        query.Errors.Add("type", $"is not a type of this stream's events: payment.…, {JudgedCards.Type} or fraud.…");
        return null;
    }

    private static RiskOutcome? ReadOutcome(QueryParameters query)
    {
        if (query.Text("outcome") is not { } word)
            return null;
        foreach (var outcome in Enum.GetValues<RiskOutcome>())
            if (DecisionJson.Word(outcome) == word)
                return outcome;
        query.Errors.Add("outcome", "must be approve, review or decline.");
        return null;
    }

    private static int? ReadMinScore(QueryParameters query)
    {
        if (query.Text("minScore") is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var score) && score <= MaxScore)
            return score;
        query.Errors.Add("minScore", $"must be a number from 0 to {MaxScore}.");
        return null;
    }

    private static string? ReadRule(QueryParameters query)
    {
        if (query.Text("rule") is not { } rule)
            return null;
        if (rule.Length is > 0 and <= MaxRule && rule.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_'))
            return rule;
        query.Errors.Add("rule", $"must be a rule's name: up to {MaxRule} lower-case letters, digits and underscores.");
        return null;
    }
}
