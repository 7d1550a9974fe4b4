using System.Text.Json;
using Gateway.Problems;
using Grains.Interfaces.Accounts;

namespace Gateway.Payments;

/// <summary>One payment of a batch, from its reading to its result.</summary>
internal sealed class BatchItem
{
    /// <summary>The item's idempotency key; null where it could not be read.</summary>
    public string? Key { get; set; }

    public PaymentRequest? Request { get; set; }

    /// <summary>Refused fields of this item; null while there are none.</summary>
    public FieldErrors? Errors { get; set; }

    /// <summary>Why nothing of it is recorded; null where a payment is.</summary>
    public Problem? Problem { get; set; }

    public PaymentInstruction? Instruction { get; set; }

    public SubmitAnswer? Answer { get; set; }

    public void Write(Utf8JsonWriter json, string traceId)
    {
        json.WriteStartObject();
        json.WriteString("idempotencyKey"u8, Key);
        if (Problem is not null)
        {
            json.WriteNumber("status"u8, Problem.Code.Status);
            json.WritePropertyName("problem"u8);
            Problem.Write(json, traceId);
        }
        else
        {
            json.WriteNumber("status"u8, 201);
            if (Answer!.Replayed)
                json.WriteBoolean("idempotentReplayed"u8, true);
            json.WritePropertyName("payment"u8);
            PaymentJson.WriteFirst(json, Answer.Payment!);
        }

        json.WriteEndObject();
    }
}
