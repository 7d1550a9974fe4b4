using System.Text.Json;
using Gateway.Events;
using Gateway.Wire;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Gateway.Fraud;

/// <summary>A card payment that was judged, as its charge recorded it: paid, authorized or declined, whoever declined it.</summary>
internal sealed record JudgedCard(string Merchant, Charge Charge, RiskDecision Decision);

/// <summary>
/// Card payments in the fraud stream: a merchant's entry that made a charge is an event <c>card.judged</c> there, with the charge as its
/// subject. Checks of cards make no charge, and are none.
/// </summary>
internal sealed class JudgedCards(DocumentReader documents, AccountDirectory directory)
{
    public const string Type = "card.judged";

    // What a row says in the clear spares opening those that made none.
    private static ReadOnlySpan<byte> Succeeded => "\"charge.succeeded\""u8;

    private static ReadOnlySpan<byte> Failed => "\"charge.failed\""u8;

    /// <summary>Null where the row made no charge, or it was not judged.</summary>
    public async ValueTask<JudgedCard?> Read(LogRow row)
    {
        if (row.Type != EventType.MerchantRecorded || !MayHaveCharge(row))
            return null;
        var states = await documents.Open(row);
        if (states.FirstOrDefault(static state => state is { Kind: (byte)DocumentKind.Charge, Version: 1 }) is not { } made)
            return null;
        var last = states.Last(state => state.Number == made.Number);
        if (JsonSerializer.Deserialize(last.Private.Span, StoredJson.Default.ChargeRecord)!.Risk is not { } risk)
            return null;
        var merchant = (await directory.Find(row.Debtor))!.Id.Value;
        return new JudgedCard(merchant, JsonSerializer.Deserialize(last.Public.Span, StoredJson.Default.Charge)!, RiskDecisionCodec.Decode(risk));
    }

    public static void Write(Utf8JsonWriter json, LogRow row, JudgedCard judged)
    {
        var charge = judged.Charge;
        json.WriteStartObject();
        EventJson.WriteHead(json, row, Type, charge.Id, version: 1);
        json.WriteStartObject("data"u8);
        json.WriteString("id"u8, charge.Id);
        json.WriteString("paymentId"u8, charge.PaymentIntent);
        json.WriteString("merchant"u8, judged.Merchant);
        json.WriteString("status"u8, charge.Status);
        var currency = Currency.Parse(charge.Currency.ToUpperInvariant());
        json.WriteAmount("amount"u8, WireCurrency.ToLedger(charge.Amount, currency), currency);
        json.WriteString("currency"u8, currency.Code);
        json.WriteString("customer"u8, charge.Customer);
        var card = charge.PaymentMethodDetails.Card;
        json.WriteStartObject("card"u8);
        json.WriteString("brand"u8, card.Brand);
        json.WriteString("last4"u8, card.Last4);
        json.WriteString("fingerprint"u8, card.Fingerprint);
        json.WriteString("country"u8, card.Country);
        json.WriteEndObject();
        json.WritePropertyName("risk"u8);
        DecisionJson.WriteRisk(json, judged.Decision);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static bool MayHaveCharge(LogRow row) => row.Data is { } data && (data.AsSpan().IndexOf(Succeeded) >= 0 || data.AsSpan().IndexOf(Failed) >= 0);
}
