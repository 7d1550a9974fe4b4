using System.Text.Json;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Documents;

namespace Gateway.Fraud;

/// <summary>Fraud decisions of card payments: by the charge (<c>ch_…</c>), or by the intent (<c>pi_…</c>, <c>seti_…</c>), of which it is the last one.</summary>
internal static class CardDecisions
{
    private static readonly DocumentKind[] Kinds = [DocumentKind.Charge, DocumentKind.PaymentIntent, DocumentKind.SetupIntent];

    /// <summary>Any merchant's charge or intent; null where the id is none's.</summary>
    public static async ValueTask<(long Owner, DocumentState State)?> Find(DocumentReader documents, string? id)
    {
        foreach (var kind in Kinds)
        {
            if (!ResourceId.TryParse(id, DocumentId.Prefix(kind), out var bucket, out var number))
                continue;
            return await documents.FindOwner(number) is { } owner && Bucket.Of(owner.Id) == bucket && await documents.Find(owner.Number, (byte)kind, number) is { } state
                ? (owner.Number, state)
                : null;
        }

        return null;
    }

    /// <summary>Null where risk was not judged.</summary>
    public static async ValueTask<RiskDecision?> Read(DocumentReader documents, (long Owner, DocumentState State) found)
    {
        var stored = (DocumentKind)found.State.Kind switch
        {
            DocumentKind.Charge => OfCharge(found.State),
            DocumentKind.SetupIntent => JsonSerializer.Deserialize(found.State.Private.Span, StoredJson.Default.SetupRecord)!.Risk,
            _ => JsonSerializer.Deserialize(found.State.Private.Span, StoredJson.Default.IntentRecord)!.Risk ?? await OfLatestCharge(documents, found),
        };
        return stored is null ? null : RiskDecisionCodec.Decode(stored);
    }

    private static async ValueTask<byte[]?> OfLatestCharge(DocumentReader documents, (long Owner, DocumentState State) found)
    {
        var intent = JsonSerializer.Deserialize(found.State.Public.Span, StoredJson.Default.PaymentIntent)!;
        return ResourceId.TryParse(intent.LatestCharge, DocumentId.Prefix(DocumentKind.Charge), out _, out var number)
            && await documents.Find(found.Owner, (byte)DocumentKind.Charge, number) is { } charge ? OfCharge(charge) : null;
    }

    private static byte[]? OfCharge(DocumentState charge) => JsonSerializer.Deserialize(charge.Private.Span, StoredJson.Default.ChargeRecord)!.Risk;
}
