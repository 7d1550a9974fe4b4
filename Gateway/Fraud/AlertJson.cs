using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>An alert as JSON.</summary>
internal static class AlertJson
{
    public static void Write(Utf8JsonWriter json, FraudAlert alert)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, alert.Id);
        json.WriteNumber("version"u8, alert.Version);
        json.WriteString("state"u8, alert.State.Word());
        json.WriteString("detector"u8, alert.Detector);
        json.WriteString("severity"u8, alert.Severity.Word());
        json.WriteString("text"u8, alert.Text);
        Write(json, "accounts"u8, alert.Accounts);
        Write(json, "payments"u8, alert.Payments);
        json.WriteString("amount"u8, alert.Amount);
        json.WriteString("currency"u8, alert.Currency);
        Write(json, "frozen"u8, alert.Frozen);
        json.WriteTime("raisedAt"u8, alert.RaisedAt);
        json.WriteString("outcome"u8, alert.Outcome?.Word());
        json.WriteString("note"u8, alert.Note);
        json.WriteString("closedBy"u8, alert.ClosedBy);
        CaseJson.WriteTime(json, "closedAt"u8, alert.ClosedAt);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
