using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>A case as JSON.</summary>
internal static class CaseJson
{
    public static void Write(Utf8JsonWriter json, FraudCase state)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, state.Id);
        json.WriteNumber("version"u8, state.Version);
        json.WriteString("status"u8, state.Status == CaseStatus.Open ? "open"u8 : "closed"u8);
        json.WriteString("resolution"u8, state.Resolution is { } resolution ? resolution.Word() : null);
        json.WriteString("paymentId"u8, state.PaymentId);
        json.WriteString("debtorAccount"u8, state.DebtorAccount);
        json.WriteString("creditorAccount"u8, state.CreditorAccount);
        json.WriteString("kind"u8, state.Card is null ? "instant_payment"u8 : "card_payment"u8);
        Write(json, state.Card);
        json.WriteString("amount"u8, state.Amount);
        json.WriteString("currency"u8, state.Currency);
        json.WriteNumber("score"u8, state.Score);
        json.WriteStartArray("rules"u8);
        foreach (var rule in state.Rules)
            json.WriteStringValue(rule);
        json.WriteEndArray();
        json.WriteTime("openedAt"u8, state.OpenedAt);
        json.WriteTime("expiresAt"u8, state.ExpiresAt);
        WriteTime(json, "closedAt"u8, state.ClosedAt);
        json.WriteString("assignee"u8, state.Assignee);
        WriteTime(json, "snoozedUntil"u8, state.SnoozedUntil);
        json.WriteString("label"u8, state.Label is { } label ? label.Word() : null);
        json.WriteString("changedBy"u8, state.ChangedBy);
        json.WriteStartArray("notes"u8);
        foreach (var note in state.Notes)
        {
            json.WriteStartObject();
            json.WriteString("by"u8, note.By);
            json.WriteTime("at"u8, note.At);
            json.WriteString("text"u8, note.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CaseCard? card)
    {
        if (card is null)
        {
            json.WriteNull("card"u8);
            return;
        }

        json.WriteStartObject("card"u8);
        json.WriteString("merchant"u8, card.Merchant);
        json.WriteString("charge"u8, card.Charge);
        json.WriteString("review"u8, card.Review);
        json.WriteString("customer"u8, card.Customer);
        json.WriteString("name"u8, card.Name);
        json.WriteString("email"u8, card.Email);
        json.WriteString("brand"u8, card.Brand);
        json.WriteString("last4"u8, card.Last4);
        json.WriteString("fingerprint"u8, card.Fingerprint);
        json.WriteString("country"u8, card.Country);
        json.WriteString("funding"u8, card.Funding);
        json.WriteEndObject();
    }

    public static void WriteTime(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is { } at)
            json.WriteTime(name, at);
        else
            json.WriteNull(name);
    }
}
