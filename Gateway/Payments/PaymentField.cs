using System.Text.Json;

namespace Gateway.Payments;

/// <summary>The fields of a payment request, as flags of what was seen.</summary>
[Flags]
internal enum PaymentField
{
    Unknown = 0,
    Amount = 1,
    Currency = 1 << 1,
    DebtorAccount = 1 << 2,
    CreditorAccount = 1 << 3,
    RemittanceInfo = 1 << 4,
    EndToEndId = 1 << 5,
    Uetr = 1 << 6,
    CreditorAgent = 1 << 7,
    DebtorName = 1 << 8,
    CreditorName = 1 << 9,
    Purpose = 1 << 10,
    Location = 1 << 11,
    IpAddress = 1 << 12,
    DeviceId = 1 << 13,
    Metadata = 1 << 14,

    /// <summary>Of a batch's item only.</summary>
    IdempotencyKey = 1 << 15,
    Required = Amount | Currency | DebtorAccount | CreditorAccount,
    Personal = RemittanceInfo | EndToEndId | DebtorName | CreditorName | Purpose | Location | IpAddress | DeviceId | Metadata,
}

internal static class PaymentFieldName
{
    /// <summary>The field whose name the reader is at.</summary>
    public static PaymentField At(ref Utf8JsonReader reader) => reader.ValueSpan.Length switch
    {
        // An escaped name is longer than what it says; it is compared by the reader, below.
        _ when reader.ValueIsEscaped => Escaped(ref reader),
        4 when reader.ValueSpan.SequenceEqual("uetr"u8) => PaymentField.Uetr,
        6 when reader.ValueSpan.SequenceEqual("amount"u8) => PaymentField.Amount,
        7 when reader.ValueSpan.SequenceEqual("purpose"u8) => PaymentField.Purpose,
        8 when reader.ValueSpan.SequenceEqual("currency"u8) => PaymentField.Currency,
        8 when reader.ValueSpan.SequenceEqual("location"u8) => PaymentField.Location,
        8 when reader.ValueSpan.SequenceEqual("deviceId"u8) => PaymentField.DeviceId,
        8 when reader.ValueSpan.SequenceEqual("metadata"u8) => PaymentField.Metadata,
        9 when reader.ValueSpan.SequenceEqual("ipAddress"u8) => PaymentField.IpAddress,
        10 when reader.ValueSpan.SequenceEqual("endToEndId"u8) => PaymentField.EndToEndId,
        10 when reader.ValueSpan.SequenceEqual("debtorName"u8) => PaymentField.DebtorName,
        12 when reader.ValueSpan.SequenceEqual("creditorName"u8) => PaymentField.CreditorName,
        13 when reader.ValueSpan.SequenceEqual("debtorAccount"u8) => PaymentField.DebtorAccount,
        13 when reader.ValueSpan.SequenceEqual("creditorAgent"u8) => PaymentField.CreditorAgent,
        14 when reader.ValueSpan.SequenceEqual("remittanceInfo"u8) => PaymentField.RemittanceInfo,
        14 when reader.ValueSpan.SequenceEqual("idempotencyKey"u8) => PaymentField.IdempotencyKey,
        15 when reader.ValueSpan.SequenceEqual("creditorAccount"u8) => PaymentField.CreditorAccount,
        _ => PaymentField.Unknown,
    };

    public static string Name(this PaymentField field)
    {
        var name = field.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static PaymentField Escaped(ref Utf8JsonReader reader)
    {
        foreach (var field in Enum.GetValues<PaymentField>())
            if (field is not (PaymentField.Unknown or PaymentField.Required) && reader.ValueTextEquals(field.Name()))
                return field;
        return PaymentField.Unknown;
    }
}
