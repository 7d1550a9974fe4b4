using System.Text.Json;
using Gateway.Problems;
using Grains.Interfaces.Accounts;

namespace Gateway.Payments;

/// <summary>One payment of a batch, from its reading to its result.</summary>
internal sealed class BatchItem
{
    private static readonly JsonEncodedText IdempotencyKeyName = JsonEncodedText.Encode("idempotencyKey");
    private static readonly JsonEncodedText StatusName = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText PaymentName = JsonEncodedText.Encode("payment");

    /// <summary>The item's idempotency key; null where it could not be read.</summary>
    public string? Key { get; set; }

    public PaymentRequest? Request { get; set; }

    /// <summary>Refused fields of this item; null while there are none.</summary>
    public FieldErrors? Errors { get; set; }

    /// <summary>Why nothing of it is recorded; null where a payment is.</summary>
    public Problem? Problem { get; set; }

    public PaymentInstruction? Instruction { get; set; }

    public SubmitAnswer? Answer { get; set; }

    /// <summary>The next item of the same debtor.</summary>
    public BatchItem? Next { get; set; }

    public void Write(Utf8JsonWriter json, string traceId)
    {
        json.WriteStartObject();
        json.WriteString(IdempotencyKeyName, Key);
        if (Problem is not null)
        {
            json.WriteNumber(StatusName, Problem.Code.Status);
            json.WritePropertyName("problem"u8);
            Problem.Write(json, traceId);
        }
        else
        {
            json.WriteNumber(StatusName, 201);
            if (Answer!.Replayed)
                json.WriteBoolean("idempotentReplayed"u8, true);
            json.WritePropertyName(PaymentName);
            PaymentJson.WriteFirst(json, Answer.Payment!);
        }

        json.WriteEndObject();
    }
}
