using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>A fraud decision as JSON.</summary>
internal static class DecisionJson
{
    public static void Write(Utf8JsonWriter json, string paymentId, RiskDecision decision)
    {
        json.WriteStartObject();
        json.WriteString("paymentId"u8, paymentId);
        WriteFinding(json, decision);
        json.WriteNumber("ruleSetVersion"u8, decision.RuleSetVersion);
        Write(json, decision.Model);
        json.WriteStartObject("features"u8);
        for (var i = 0; i < decision.Values.Count; i++)
            Write(json, (Feature)i, decision.Values[i]);
        json.WriteEndObject();
        json.WriteStartArray("fellBack"u8);
        foreach (var feature in decision.FellBack)
            json.WriteStringValue(feature.Name());
        json.WriteEndArray();
        json.WriteTime("decidedAt"u8, decision.DecidedAtMs);
        if (decision.DurationMicroseconds is { } took)
            json.WriteNumber("durationMicroseconds"u8, took);
        else
            json.WriteNull("durationMicroseconds"u8);
        json.WriteEndObject();
    }

    /// <summary>What was decided, and why, without the values of all features: <c>risk</c> of an event of the fraud stream.</summary>
    public static void WriteRisk(Utf8JsonWriter json, RiskDecision decision)
    {
        json.WriteStartObject();
        WriteFinding(json, decision);
        json.WriteEndObject();
    }

    public static string Word(RiskOutcome outcome) => outcome switch
    {
        RiskOutcome.Approve => "approve",
        RiskOutcome.Review => "review",
        RiskOutcome.Decline => "decline",
    };

    private static void WriteFinding(Utf8JsonWriter json, RiskDecision decision)
    {
        json.WriteString("outcome"u8, Word(decision.Outcome));
        json.WriteNumber("score"u8, decision.Score);
        json.WriteStartArray("reasons"u8);
        foreach (var reason in decision.Reasons)
            Write(json, reason, decision);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, RiskReason reason, RiskDecision decision)
    {
        json.WriteStartObject();
        json.WriteString("rule"u8, reason.Rule);
        json.WriteNumber("version"u8, reason.Version);
        json.WriteString("mode"u8, reason.Mode == RuleMode.Published ? "live"u8 : "shadow"u8);
        json.WriteString("outcome"u8, Word(reason.Outcome));
        json.WriteNumber("points"u8, reason.Points);
        json.WriteString("text"u8, reason.Text);
        json.WriteStartObject("values"u8);
        foreach (var feature in reason.Looked)
            Write(json, feature, (int)feature < decision.Values.Count ? decision.Values[(int)feature] : long.MinValue);
        json.WriteEndObject();
        json.WriteNumber("threshold"u8, reason.Threshold);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ModelFinding? model)
    {
        if (model is null)
        {
            json.WriteNull("model"u8);
            return;
        }

        json.WriteStartObject("model"u8);
        json.WriteString("version"u8, model.Version);
        json.WriteNumber("probability"u8, model.ProbabilityPpm / 1_000_000m);
        json.WriteNumber("points"u8, model.Points);
        json.WriteString("mode"u8, model.IsPublished ? "live"u8 : "shadow"u8);
        json.WriteStartArray("contributions"u8);
        foreach (var contribution in model.Contributions)
        {
            json.WriteStartObject();
            json.WriteString("feature"u8, contribution.Feature);
            json.WriteNumber("logit"u8, contribution.Millilogits / 1_000m);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Feature feature, long value)
    {
        if (value == long.MinValue)
            json.WriteNull(feature.Name());
        else
            json.WriteNumber(feature.Name(), value);
    }
}
