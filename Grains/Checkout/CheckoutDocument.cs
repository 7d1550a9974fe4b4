using System.Text.Json;
using Grains.Interfaces.Checkout;
using Ledger.Documents;

namespace Grains.Checkout;

/// <summary>One state of a merchant's document, as its grain works with it. Never changed: a new state is a new one.</summary>
/// <param name="Version">Of the last state that was recorded; 0 for one that never was.</param>
/// <param name="Public">What callers may see.</param>
/// <param name="Private">What only the grain needs; null where there is nothing.</param>
/// <param name="Links">What lists of its kind can be narrowed to.</param>
internal sealed record CheckoutDocument(DocumentKind Kind, long Number, int Version, object Public, object? Private, IReadOnlyList<string> Links)
{
    public static CheckoutDocument Read(DocumentState state)
    {
        var kind = (DocumentKind)state.Kind;
        var value = JsonSerializer.Deserialize(state.Public.Span, DocumentForm.Stored(kind)) ?? throw new InvalidDataException($"Document {state.Number} is empty.");
        var record = state.Private.IsEmpty ? null : JsonSerializer.Deserialize(state.Private.Span, DocumentForm.Private(kind)!);
        return new CheckoutDocument(kind, state.Number, state.Version, value, record, DocumentLinks.Of(value));
    }

    /// <summary>As the wire shows it.</summary>
    public byte[] Show() => JsonSerializer.SerializeToUtf8Bytes(Public, DocumentForm.Shown(Kind));
}
