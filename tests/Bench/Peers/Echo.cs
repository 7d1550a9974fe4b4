using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Bench.Peers;

/// <summary>
/// An endpoint that does nothing but HTTP and JSON: reads the payment's fields, and writes an answer of the product's form and
/// length. No routing, no headers of its own, no checks, no ledger.
/// </summary>
internal static class Echo
{
    public static async Task Answer(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var answer = Write(Read(read.Buffer));
            reader.AdvanceTo(read.Buffer.End);
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.WrittenCount;
            context.Response.BodyWriter.Write(answer.WrittenSpan);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            return;
        }
    }

    private static Payment Read(in ReadOnlySequence<byte> body)
    {
        var json = new Utf8JsonReader(body);
        var payment = new Payment();
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;
            if (json.ValueTextEquals("amount"u8))
                payment.Amount = Next(ref json);
            else if (json.ValueTextEquals("currency"u8))
                payment.Currency = Next(ref json);
            else if (json.ValueTextEquals("debtorAccount"u8))
                payment.Debtor = Next(ref json);
            else if (json.ValueTextEquals("creditorAccount"u8))
                payment.Creditor = Next(ref json);
            else if (json.ValueTextEquals("remittanceInfo"u8))
                payment.RemittanceInfo = Next(ref json);
            else if (json.ValueTextEquals("deviceId"u8))
                payment.DeviceId = Next(ref json);
        }

        return payment;
    }

    private static ArrayBufferWriter<byte> Write(in Payment payment)
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("id"u8, "pay_00000000000000000000000000"u8);
        json.WriteString("status"u8, "settled"u8);
        json.WriteString("isoStatus"u8, "ACSC"u8);
        json.WriteString("amount"u8, payment.Amount);
        json.WriteString("currency"u8, payment.Currency);
        json.WriteString("debtorAccount"u8, payment.Debtor);
        json.WriteString("creditorAccount"u8, payment.Creditor);
        json.WriteString("remittanceInfo"u8, payment.RemittanceInfo);
        json.WriteString("deviceId"u8, payment.DeviceId);
        json.WriteString("endToEndId"u8, "pay_00000000000000000000000000"u8);
        json.WriteString("uetr"u8, "00000000-0000-4000-8000-000000000000"u8);
        json.WriteNull("reason"u8);
        json.WriteString("amountReturned"u8, "0.00"u8);
        json.WriteString("createdAt"u8, "2026-11-21T00:00:00.000Z"u8);
        json.WriteString("settledAt"u8, "2026-11-21T00:00:00.000Z"u8);
        json.WriteEndObject();
        json.Flush();
        return output;
    }

    private static string? Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.GetString();
    }

    private struct Payment
    {
        public string? Amount;
        public string? Currency;
        public string? Debtor;
        public string? Creditor;
        public string? RemittanceInfo;
        public string? DeviceId;
    }
}
