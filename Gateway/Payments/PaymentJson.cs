using System.Text.Json;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;

namespace Gateway.Payments;

/// <summary>How much of a payment went back, and by which payments.</summary>
internal sealed record PaymentReturns(long AmountReturned, IReadOnlyList<PaymentId> Payments);

/// <summary>
/// A payment as JSON. The first answer, its replay and every later read come from the same <see cref="PaymentAnswer"/>; a later
/// read adds what happened since.
/// </summary>
internal static class PaymentJson
{
    public static string Location(PaymentId id) => "/payments/" + id.ToString();

    /// <summary>The answer to its submission.</summary>
    public static void WriteFirst(Utf8JsonWriter json, PaymentAnswer payment) => Write(json, payment, null);

    public static void Write(Utf8JsonWriter json, PaymentAnswer payment, PaymentReturns? returns)
    {
        var id = payment.Id.ToString();
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        WriteStatus(json, payment.Status);
        json.WriteAmount("amount"u8, payment.Amount);
        json.WriteString("currency"u8, payment.Amount.Currency.Code);
        json.WriteString("debtorAccount"u8, payment.Debtor.Value);
        json.WriteString("creditorAccount"u8, payment.Creditor.Value);
        json.WriteString("remittanceInfo"u8, payment.Personal.RemittanceInfo);
        json.WriteString("endToEndId"u8, payment.Personal.EndToEndId ?? id);
        json.WriteString("uetr"u8, payment.Uetr ?? DerivedUetr.Of(payment.Id));
        WriteReason(json, payment);
        json.WriteAmount("amountReturned"u8, returns?.AmountReturned ?? 0, payment.Amount.Currency);
        json.WriteTime("createdAt"u8, payment.CreatedAt);
        WriteSettledAt(json, payment);
        WriteOptional(json, payment);
        WriteReturns(json, returns);
        json.WriteEndObject();
    }

    /// <summary>A dry run's answer: the decision. There is no payment, hence no id.</summary>
    public static void WritePreview(Utf8JsonWriter json, PaymentAnswer payment)
    {
        json.WriteStartObject();
        json.WriteNull("id"u8);
        json.WriteBoolean("dryRun"u8, true);
        WriteStatus(json, payment.Status);
        json.WriteAmount("amount"u8, payment.Amount);
        json.WriteString("currency"u8, payment.Amount.Currency.Code);
        json.WriteString("debtorAccount"u8, payment.Debtor.Value);
        json.WriteString("creditorAccount"u8, payment.Creditor.Value);
        json.WriteString("remittanceInfo"u8, payment.Personal.RemittanceInfo);
        json.WriteString("endToEndId"u8, payment.Personal.EndToEndId);
        WriteReason(json, payment);
        WriteOptional(json, payment);
        json.WriteEndObject();
    }

    public static string Name(this PaymentStatus status) => status switch
    {
        PaymentStatus.Settled => "settled",
        PaymentStatus.Rejected => "rejected",
        PaymentStatus.Pending => "pending",
    };

    private static void WriteStatus(Utf8JsonWriter json, PaymentStatus status)
    {
        json.WriteString("status"u8, status.Name());
        // ISO 20022 ExternalPaymentTransactionStatus1Code: settled on the debtor's account, rejected, or pending.
        json.WriteString("isoStatus"u8, status switch { PaymentStatus.Settled => "ACSC"u8, PaymentStatus.Rejected => "RJCT"u8, PaymentStatus.Pending => "PDNG"u8 });
    }

    private static void WriteReason(Utf8JsonWriter json, PaymentAnswer payment)
    {
        if (payment.Reason is not { } reason)
        {
            json.WriteNull("reason"u8);
            return;
        }

        json.WriteStartObject("reason"u8);
        json.WriteString("code"u8, reason.Code());
        json.WriteString("name"u8, reason.Name());
        json.WriteString("detail"u8, payment.Detail ?? reason.Sentence());
        json.WriteString("retry"u8, reason.Retry() switch { Retry.Never => "never"u8, Retry.Later => "later"u8, Retry.Corrected => "corrected"u8 });
        json.WriteEndObject();
    }

    // A payment within a shard settles in the step that decides it.
    private static void WriteSettledAt(Utf8JsonWriter json, PaymentAnswer payment)
    {
        if (payment.Status == PaymentStatus.Settled)
            json.WriteTime("settledAt"u8, payment.SettledAt ?? payment.CreatedAt);
        else
            json.WriteNull("settledAt"u8);
    }

    private static void WriteOptional(Utf8JsonWriter json, PaymentAnswer payment)
    {
        if (payment.ReturnOf is { } original)
            json.WriteString("returnOf"u8, original.ToString());
        WriteText(json, "returnReason"u8, payment.ReturnReason);
        var personal = payment.Personal;
        if (personal == PersonalFields.None)
            return;
        WriteText(json, "debtorName"u8, personal.DebtorName);
        WriteText(json, "creditorName"u8, personal.CreditorName);
        WriteText(json, "purpose"u8, personal.Purpose);
        if (personal.Location is { } place)
        {
            json.WriteStartObject("location"u8);
            json.WriteNumber("latitude"u8, place.Latitude);
            json.WriteNumber("longitude"u8, place.Longitude);
            WriteText(json, "name"u8, place.Name);
            json.WriteEndObject();
        }

        WriteText(json, "ipAddress"u8, personal.IpAddress);
        WriteText(json, "deviceId"u8, personal.DeviceId);
        WriteMetadata(json, personal);
    }

    private static void WriteMetadata(Utf8JsonWriter json, PersonalFields personal)
    {
        if (personal.Metadata is not { } metadata)
            return;
        json.WriteStartObject("metadata"u8);
        foreach (var pair in metadata)
            json.WriteString(pair.Key, pair.Value);
        json.WriteEndObject();
    }

    private static void WriteReturns(Utf8JsonWriter json, PaymentReturns? returns)
    {
        if (returns is null)
            return;
        json.WriteStartArray("returns"u8);
        foreach (var payment in returns.Payments)
            json.WriteStringValue(payment.ToString());
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
