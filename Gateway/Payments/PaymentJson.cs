using System.Text.Json;
using Gateway.Fraud;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
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
    public static void WriteFirst(Utf8JsonWriter json, PaymentAnswer payment)
    {
        Span<byte> usual = stackalloc byte[UsualPaymentJson.MaxLength];
        if (UsualPaymentJson.Write(payment, usual) is > 0 and var length)
            json.WriteRawValue(usual[..length], skipInputValidation: true);
        else
            Write(json, payment, null);
    }

    /// <summary>As it was recorded, without what is personal: for who may pass it on.</summary>
    public static void WriteUnopened(Utf8JsonWriter json, PaymentAnswer payment)
    {
        json.WriteStartObject();
        WriteFields(json, payment, null, opened: false);
        json.WriteEndObject();
    }

    /// <summary>As it was recorded, with its fraud decision as <c>risk</c>: for analysts alone.</summary>
    public static void WriteJudged(Utf8JsonWriter json, PaymentAnswer payment, RiskDecision decision)
    {
        json.WriteStartObject();
        WriteFields(json, payment, null);
        json.WritePropertyName(Names.Risk);
        DecisionJson.WriteRisk(json, decision);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PaymentAnswer payment, PaymentReturns? returns)
    {
        json.WriteStartObject();
        WriteFields(json, payment, returns);
        json.WriteEndObject();
    }

    /// <summary>A dry run's answer: the decision. There is no payment, hence no id.</summary>
    public static void WritePreview(Utf8JsonWriter json, PaymentAnswer payment)
    {
        json.WriteStartObject();
        json.WriteNull(Names.Id);
        json.WriteBoolean(Names.DryRun, true);
        WriteStatus(json, payment.Status);
        json.WriteAmount(Names.Amount, payment.Amount);
        json.WriteString(Names.Currency, payment.Amount.Currency.Code);
        json.WriteString(Names.DebtorAccount, payment.Debtor.Value);
        json.WriteString(Names.CreditorAccount, payment.Creditor.Value);
        json.WriteString(Names.RemittanceInfo, payment.Personal.RemittanceInfo);
        json.WriteString(Names.EndToEndId, payment.Personal.EndToEndId);
        WriteReason(json, payment);
        WriteOptional(json, payment);
        json.WriteEndObject();
    }

    public static string Name(this PaymentStatus status) => status switch
    {
        PaymentStatus.Settled => "settled",
        PaymentStatus.Rejected => "rejected",
        PaymentStatus.Pending => "pending",
        PaymentStatus.Held => "held",
    };

    private static void WriteFields(Utf8JsonWriter json, PaymentAnswer payment, PaymentReturns? returns, bool opened = true)
    {
        var id = payment.Id.ToString();
        json.WriteString(Names.Id, id);
        WriteStatus(json, payment.Status);
        json.WriteAmount(Names.Amount, payment.Amount);
        json.WriteString(Names.Currency, payment.Amount.Currency.Code);
        json.WriteString(Names.DebtorAccount, payment.Debtor.Value);
        json.WriteString(Names.CreditorAccount, payment.Creditor.Value);
        if (opened)
        {
            json.WriteString(Names.RemittanceInfo, payment.Personal.RemittanceInfo);
            json.WriteString(Names.EndToEndId, payment.Personal.EndToEndId ?? id);
        }

        json.WriteString(Names.Uetr, payment.Uetr ?? DerivedUetr.Of(payment.Id));
        WriteReason(json, payment);
        json.WriteAmount(Names.AmountReturned, new Money(returns?.AmountReturned ?? 0, payment.Amount.Currency));
        json.WriteTime(Names.CreatedAt, payment.CreatedAt);
        WriteSettledAt(json, payment);
        WriteOptional(json, payment);
        WriteReturns(json, returns);
    }

    private static void WriteStatus(Utf8JsonWriter json, PaymentStatus status)
    {
        json.WriteString(Names.Status, status.Name());
        // ISO 20022 ExternalPaymentTransactionStatus1Code: settled on the debtor's account, rejected, or pending.
        json.WriteString(Names.IsoStatus, status switch { PaymentStatus.Settled => "ACSC"u8, PaymentStatus.Rejected => "RJCT"u8, PaymentStatus.Pending or PaymentStatus.Held => "PDNG"u8 });
    }

    private static void WriteReason(Utf8JsonWriter json, PaymentAnswer payment)
    {
        if (payment.Reason is not { } reason)
        {
            json.WriteNull(Names.Reason);
            return;
        }

        json.WriteStartObject(Names.Reason);
        json.WriteString(Names.Code, reason.Code());
        json.WriteString(Names.Name, reason.Name());
        json.WriteString(Names.Detail, payment.Detail ?? reason.Sentence());
        json.WriteString(Names.Retry, reason.Retry() switch { Retry.Never => "never"u8, Retry.Later => "later"u8, Retry.Corrected => "corrected"u8 });
        json.WriteEndObject();
    }

    // A payment within a shard settles in the step that decides it.
    private static void WriteSettledAt(Utf8JsonWriter json, PaymentAnswer payment)
    {
        if (payment.Status == PaymentStatus.Settled)
            json.WriteTime(Names.SettledAt, payment.SettledAt ?? payment.CreatedAt);
        else
            json.WriteNull(Names.SettledAt);
    }

    private static void WriteOptional(Utf8JsonWriter json, PaymentAnswer payment)
    {
        if (payment.ReturnOf is { } original)
            json.WriteString(Names.ReturnOf, original.ToString());
        WriteText(json, Names.ReturnReason, payment.ReturnReason);
        var personal = payment.Personal;
        if (personal == PersonalFields.None)
            return;
        WriteText(json, Names.DebtorName, personal.DebtorName);
        WriteText(json, Names.CreditorName, personal.CreditorName);
        WriteText(json, Names.Purpose, personal.Purpose);
        if (personal.Location is { } place)
        {
            json.WriteStartObject(Names.Location);
            json.WriteNumber(Names.Latitude, place.Latitude);
            json.WriteNumber(Names.Longitude, place.Longitude);
            WriteText(json, Names.Name, place.Name);
            json.WriteEndObject();
        }

        WriteText(json, Names.IpAddress, personal.IpAddress);
        WriteText(json, Names.DeviceId, personal.DeviceId);
        WriteMetadata(json, personal);
    }

    private static void WriteMetadata(Utf8JsonWriter json, PersonalFields personal)
    {
        if (personal.Metadata is not { } metadata)
            return;
        json.WriteStartObject(Names.Metadata);
        foreach (var pair in metadata)
            json.WriteString(pair.Key, pair.Value);
        json.WriteEndObject();
    }

    private static void WriteReturns(Utf8JsonWriter json, PaymentReturns? returns)
    {
        if (returns is null)
            return;
        json.WriteStartArray(Names.Returns);
        foreach (var payment in returns.Payments)
            json.WriteStringValue(payment.ToString());
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, JsonEncodedText name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    // Encoded once: a name given as text is looked through for what must be escaped, each time.
    private static class Names
    {
        public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
        public static readonly JsonEncodedText Amount = JsonEncodedText.Encode("amount");
        public static readonly JsonEncodedText Currency = JsonEncodedText.Encode("currency");
        public static readonly JsonEncodedText DebtorAccount = JsonEncodedText.Encode("debtorAccount");
        public static readonly JsonEncodedText CreditorAccount = JsonEncodedText.Encode("creditorAccount");
        public static readonly JsonEncodedText RemittanceInfo = JsonEncodedText.Encode("remittanceInfo");
        public static readonly JsonEncodedText EndToEndId = JsonEncodedText.Encode("endToEndId");
        public static readonly JsonEncodedText Uetr = JsonEncodedText.Encode("uetr");
        public static readonly JsonEncodedText AmountReturned = JsonEncodedText.Encode("amountReturned");
        public static readonly JsonEncodedText CreatedAt = JsonEncodedText.Encode("createdAt");
        public static readonly JsonEncodedText DryRun = JsonEncodedText.Encode("dryRun");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText IsoStatus = JsonEncodedText.Encode("isoStatus");
        public static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
        public static readonly JsonEncodedText Code = JsonEncodedText.Encode("code");
        public static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
        public static readonly JsonEncodedText Detail = JsonEncodedText.Encode("detail");
        public static readonly JsonEncodedText Retry = JsonEncodedText.Encode("retry");
        public static readonly JsonEncodedText SettledAt = JsonEncodedText.Encode("settledAt");
        public static readonly JsonEncodedText ReturnOf = JsonEncodedText.Encode("returnOf");
        public static readonly JsonEncodedText Location = JsonEncodedText.Encode("location");
        public static readonly JsonEncodedText Latitude = JsonEncodedText.Encode("latitude");
        public static readonly JsonEncodedText Longitude = JsonEncodedText.Encode("longitude");
        public static readonly JsonEncodedText Metadata = JsonEncodedText.Encode("metadata");
        public static readonly JsonEncodedText Returns = JsonEncodedText.Encode("returns");
        public static readonly JsonEncodedText ReturnReason = JsonEncodedText.Encode("returnReason");
        public static readonly JsonEncodedText DebtorName = JsonEncodedText.Encode("debtorName");
        public static readonly JsonEncodedText CreditorName = JsonEncodedText.Encode("creditorName");
        public static readonly JsonEncodedText Purpose = JsonEncodedText.Encode("purpose");
        public static readonly JsonEncodedText IpAddress = JsonEncodedText.Encode("ipAddress");
        public static readonly JsonEncodedText DeviceId = JsonEncodedText.Encode("deviceId");
        public static readonly JsonEncodedText Risk = JsonEncodedText.Encode("risk");
    }
}
