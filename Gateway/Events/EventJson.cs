using System.Globalization;
using System.Text.Json;
using Gateway.Accounts;
using Gateway.Payments;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;

namespace Gateway.Events;

/// <summary>A row of the log as a caller sees it: what its envelope says, and its data.</summary>
internal sealed record LogEvent(LogRow Row, string Subject)
{
    public PaymentAnswer? Payment { get; init; }

    public AccountSnapshot? Account { get; init; }

    public TransferEvent? Transfer { get; init; }

    /// <summary>Why an account was frozen, unfrozen or closed, where that was said.</summary>
    public string? Reason { get; init; }

    /// <summary>Of <c>payment.returned</c>: the payment by which money went back.</summary>
    public PaymentId? ReturnedBy { get; init; }

    /// <summary>Of a payment's first event: its fraud decision, where the caller is an analyst who reads the fraud stream.</summary>
    public RiskDecision? Decision { get; init; }

    /// <summary>Whether what is personal was not opened, and so is left out.</summary>
    public bool IsUnopened { get; init; }
}

/// <summary>Of <c>transfer.credited</c> and <c>transfer.refused</c>: whose payment it is.</summary>
internal sealed record TransferEvent(PaymentId Payment, AccountId Debtor, AccountId Creditor);

/// <summary>An event as CloudEvents 1.0 JSON, with the extensions <c>position</c> and <c>version</c>, and <c>traceparent</c> of a payment whose trace was recorded.</summary>
internal static class EventJson
{
    /// <summary>The transfer by which a payment reaches another shard, as the subject of that shard's events.</summary>
    public static string TransferSubject(PaymentId payment) => ResourceId.Format("xfer", payment.Bucket, payment.Number);

    /// <summary>What a shard is called as the source of its events.</summary>
    public static string Source(int shard) => string.Create(CultureInfo.InvariantCulture, $"/shards/{shard}");

    public static void Write(Utf8JsonWriter json, LogEvent logEvent)
    {
        var row = logEvent.Row;
        json.WriteStartObject();
        WriteHead(json, row, row.Type.Name(), logEvent.Subject, row.Version);
        if (logEvent.Payment is not null && row.Data is { } data && PaymentData.Decode(data).Trace is { } trace)
            json.WriteString("traceparent"u8, trace);
        json.WritePropertyName("data"u8);
        WriteData(json, logEvent);
        json.WriteEndObject();
    }

    /// <summary>What an envelope says as its data.</summary>
    public static void WriteData(Utf8JsonWriter json, LogEvent logEvent)
    {
        var row = logEvent.Row;
        if (row.Type.IsOfCheckout() || row.Type.IsOfFraud())
            json.WriteRawValue(row.Data);
        else if (logEvent.Transfer is { } transfer)
            WriteTransfer(json, transfer, logEvent);
        else if (logEvent.Payment is { } payment)
            WritePayment(json, payment, logEvent);
        else
            AccountJson.Write(json, logEvent.Account!, null, row.Type == EventType.AccountFunded ? row.Amount : null, logEvent.Reason);
    }

    /// <summary>What an envelope says before its data.</summary>
    public static void WriteHead(Utf8JsonWriter json, LogRow row, string type, string subject, int version)
    {
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, EventId.Format(row.Id));
        json.WriteString("source"u8, Source(ShardNumbers.ShardOf(row.Id)));
        json.WriteString("type"u8, type);
        json.WriteString("subject"u8, subject);
        json.WriteTime("time"u8, row.TimeMs);
        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WriteString("position"u8, row.Position.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("version"u8, version);
    }

    private static void WriteTransfer(Utf8JsonWriter json, TransferEvent transfer, LogEvent logEvent)
    {
        var row = logEvent.Row;
        json.WriteStartObject();
        json.WriteString("id"u8, logEvent.Subject);
        json.WriteString("paymentId"u8, transfer.Payment.ToString());
        json.WriteString("debtorAccount"u8, transfer.Debtor.Value);
        json.WriteString("creditorAccount"u8, transfer.Creditor.Value);
        json.WriteAmount("amount"u8, row.Amount, row.Currency);
        json.WriteString("currency"u8, row.Currency.Code);
        json.WriteString("outcome"u8, row.Type == EventType.TransferCredited ? "credited"u8 : "refused"u8);
        if (row.Reason != 0)
            json.WriteString("reasonCode"u8, row.Reason.Code());
        json.WriteEndObject();
    }

    // A return says only what moved: the payment itself is unchanged but for that.
    private static void WritePayment(Utf8JsonWriter json, PaymentAnswer payment, LogEvent logEvent)
    {
        if (logEvent.ReturnedBy is not { } returnedBy)
        {
            if (logEvent.IsUnopened)
                PaymentJson.WriteUnopened(json, payment);
            else if (logEvent.Decision is { } decision)
                PaymentJson.WriteJudged(json, payment, decision);
            else
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
