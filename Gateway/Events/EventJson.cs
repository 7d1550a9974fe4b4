using System.Globalization;
using System.Text.Json;
using Gateway.Accounts;
using Gateway.Payments;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;

namespace Gateway.Events;

/// <summary>A row of the log as a caller sees it: what its envelope says, and its data.</summary>
internal sealed record LogEvent(LogRow Row, string Subject)
{
    public PaymentAnswer? Payment { get; init; }

    public AccountSnapshot? Account { get; init; }

    /// <summary>Why an account was frozen, unfrozen or closed, where that was said.</summary>
    public string? Reason { get; init; }

    /// <summary>Of <c>payment.returned</c>: the payment by which money went back.</summary>
    public PaymentId? ReturnedBy { get; init; }
}

/// <summary>An event as CloudEvents 1.0 JSON, with the extensions <c>position</c> and <c>version</c>.</summary>
internal static class EventJson
{
    public const string Source = "/shards/0";

    public static void Write(Utf8JsonWriter json, LogEvent logEvent)
    {
        var row = logEvent.Row;
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, EventId.Format(row.Id));
        json.WriteString("source"u8, Source);
        json.WriteString("type"u8, row.Type.Name());
        json.WriteString("subject"u8, logEvent.Subject);
        json.WriteTime("time"u8, row.TimeMs);
        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WriteString("position"u8, row.Position.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("version"u8, row.Version);
        json.WritePropertyName("data"u8);
        if (row.Type.IsOfCheckout())
            json.WriteRawValue(row.Data);
        else if (logEvent.Payment is { } payment)
            WritePayment(json, payment, logEvent);
        else
            AccountJson.Write(json, logEvent.Account!, null, row.Type == EventType.AccountFunded ? row.Amount : null, logEvent.Reason);
        json.WriteEndObject();
    }

    // A return says only what moved: the payment itself is unchanged but for that.
    private static void WritePayment(Utf8JsonWriter json, PaymentAnswer payment, LogEvent logEvent)
    {
        if (logEvent.ReturnedBy is not { } returnedBy)
        {
            PaymentJson.WriteFirst(json, payment);
            return;
        }

        json.WriteStartObject();
        json.WriteString("id"u8, logEvent.Subject);
        json.WriteString("returnedBy"u8, returnedBy.ToString());
        json.WriteAmount("amount"u8, logEvent.Row.Amount, logEvent.Row.Currency);
        json.WriteString("currency"u8, logEvent.Row.Currency.Code);
        json.WriteString("returnReason"u8, payment.ReturnReason);
        json.WriteEndObject();
    }
}
