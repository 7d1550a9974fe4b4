using System.Text.Json;
using Grains.Interfaces.Checkout;
using Ledger.Documents;

namespace Grains.Checkout;

/// <summary>
/// Writes the states that an entry records, straight into its frame. A thread keeps one for its next decision: a decision begins
/// and ends without an await, and one that is let go lets go of its writer, too.
/// </summary>
internal sealed class StateWriter
{
    /// <summary>One that a large answer has stretched is not kept.</summary>
    private const int MostKept = 256 * 1024;

    [ThreadStatic]
    private static StateWriter? kept;

    private readonly DocumentFrameWriter frame = new();
    private readonly Utf8JsonWriter json;

    private StateWriter() => json = new Utf8JsonWriter(frame, new JsonWriterOptions { SkipValidation = true });

    public static StateWriter Take()
    {
        var writer = kept ?? new StateWriter();
        kept = null;
        return writer;
    }

    /// <summary>Adds a state. Returns its place among the entry's.</summary>
    public int Add(CheckoutDocument document)
    {
        var start = frame.Length;
        Write(document.Public, DocumentForm.Stored(document.Kind));
        var publicLength = frame.Length - start;
        if (document.Private is not null)
            Write(document.Private, DocumentForm.Private(document.Kind)!);
        return frame.Add((byte)document.Kind, document.Number, document.Version, publicLength, frame.Length - start - publicLength);
    }

    /// <summary>The frame, valid until the writer is given back.</summary>
    public ReadOnlySpan<byte> Encode() => frame.Encode();

    public void GiveBack()
    {
        if (frame.Capacity <= MostKept)
            kept = this;
    }

    private void Write(object value, System.Text.Json.Serialization.Metadata.JsonTypeInfo form)
    {
        JsonSerializer.Serialize(json, value, form);
        json.Flush();
        json.Reset();
    }
}
