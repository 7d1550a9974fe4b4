using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>Rules, their versions and rule sets as JSON.</summary>
internal static class RuleJson
{
    /// <summary>Percent of payers.</summary>
    private const int All = 100;

    public static void Write(Utf8JsonWriter json, FraudRule rule)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, rule.Name);
        json.WriteString("description"u8, rule.Description);
        json.WriteNumber("revision"u8, rule.Revision);
        json.WriteNumber("versions"u8, rule.Versions);
        json.WriteStartArray("parameters"u8);
        foreach (var parameter in rule.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, parameter.Name);
            json.WriteString("unit"u8, parameter.Unit);
            json.WriteNumber("default"u8, parameter.Default);
            json.WriteNumber("min"u8, parameter.Min);
            json.WriteNumber("max"u8, parameter.Max);
            json.WriteString("description"u8, parameter.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteVersion(json, "published", rule.Published);
        WriteVersion(json, "shadow", rule.Shadow);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, RuleVersion version)
    {
        json.WriteStartObject();
        json.WriteString("rule"u8, version.Rule);
        json.WriteNumber("version"u8, version.Version);
        json.WriteString("mode"u8, version.Mode.Word());
        json.WriteNumber("rollout"u8, version.Rollout ?? All);
        WriteContent(json, version.Parameters, version.Conditions);
        json.WriteString("note"u8, version.Note);
        json.WriteString("draftedBy"u8, version.DraftedBy);
        CaseJson.WriteTime(json, "draftedAt"u8, version.DraftedAt);
        json.WriteString("changedBy"u8, version.ChangedBy);
        CaseJson.WriteTime(json, "changedAt"u8, version.ChangedAt);
        json.WriteString("asked"u8, version.Asked is { } asked ? asked.Word() : null);
        json.WriteString("askedBy"u8, version.AskedBy);
        if (version.Asked is RuleAction.Publish or RuleAction.Rollout)
            json.WriteNumber("askedRollout"u8, version.AskedRollout ?? All);
        else
            json.WriteNull("askedRollout"u8);
        json.WriteNumber("revision"u8, version.Revision);
        json.WriteNumber("ruleSetVersion"u8, version.RuleSetVersion);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, FraudRuleSet set)
    {
        json.WriteStartObject();
        json.WriteNumber("version"u8, set.Version);
        json.WriteNumber("reviewAt"u8, set.ReviewAt);
        json.WriteNumber("declineAt"u8, set.DeclineAt);
        json.WriteString("by"u8, set.By);
        CaseJson.WriteTime(json, "at"u8, set.At);
        json.WriteStartArray("rules"u8);
        foreach (var rule in set.Rules)
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, rule.Rule);
            json.WriteNumber("version"u8, rule.Version);
            json.WriteString("mode"u8, rule.Mode.Word());
            json.WriteNumber("rollout"u8, rule.Rollout ?? All);
            WriteContent(json, rule.Parameters, rule.Conditions);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ListedEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, entry.Id);
        json.WriteString("list"u8, entry.List);
        json.WriteString("kind"u8, entry.Kind);
        json.WriteString("value"u8, entry.Value);
        json.WriteString("reason"u8, entry.Reason);
        CaseJson.WriteTime(json, "expiresAt"u8, entry.ExpiresAt);
        json.WriteString("addedBy"u8, entry.AddedBy);
        json.WriteTime("addedAt"u8, entry.AddedAt);
        json.WriteString("asked"u8, entry.Asked?.Word());
        json.WriteString("askedBy"u8, entry.AskedBy);
        CaseJson.WriteTime(json, "approveBy"u8, entry.ApproveBy);
        json.WriteString("approvedBy"u8, entry.ApprovedBy);
        CaseJson.WriteTime(json, "approvedAt"u8, entry.ApprovedAt);
        json.WriteString("removedBy"u8, entry.RemovedBy);
        CaseJson.WriteTime(json, "removedAt"u8, entry.RemovedAt);
        json.WriteEndObject();
    }

    private static void WriteVersion(Utf8JsonWriter json, string name, RuleVersion? version)
    {
        json.WritePropertyName(name);
        if (version is null)
            json.WriteNullValue();
        else
            Write(json, version);
    }

    private static void WriteContent(Utf8JsonWriter json, IReadOnlyList<ParameterValue> parameters, IReadOnlyList<RuleCondition> conditions)
    {
        json.WriteStartObject("parameters"u8);
        foreach (var (name, value) in parameters)
            json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WriteStartArray("conditions"u8);
        foreach (var condition in conditions)
        {
            json.WriteStartObject();
            json.WriteString("feature"u8, condition.Feature.Name());
            json.WriteString("op"u8, condition.Operator.Sign());
            json.WriteNumber("value"u8, condition.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
