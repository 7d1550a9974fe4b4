using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Documents;

namespace Grains.Fraud.RuleBook;

/// <summary>Versions, list entries, rule sets and the model in force as documents: what they are called, and how they are found.</summary>
internal static class RuleDocuments
{
    // Kinds in the index. Stored: never change one.
    public const byte VersionKind = 21;
    public const byte EntryKind = 22;
    public const byte SetKind = 23;

    /// <summary>One document: the model in force, whichever it is.</summary>
    public const byte ModelKind = 25;

    /// <summary>Entries that were not taken off.</summary>
    public const string Standing = "standing";

    private const string EntryPrefix = "entry";

    /// <summary>A rule set by its version.</summary>
    public static string OfSet(int version) => string.Create(CultureInfo.InvariantCulture, $"set:{version}");

    public static string EntryId(long number) => ResourceId.Format(EntryPrefix, Bucket.Of(AccountId.Parse(IRuleBookGrain.Key)), number);

    public static RuleVersion ReadVersion(DocumentState state) => Read(state, FraudJson.Default.RuleVersion);

    public static ListedEntry ReadEntry(DocumentState state) => Read(state, FraudJson.Default.ListedEntry);

    public static FraudRuleSet ReadSet(DocumentState state) => Read(state, FraudJson.Default.FraudRuleSet);

    public static ModelInForce ReadModel(DocumentState state) => Read(state, FraudJson.Default.ModelInForce);

    public static void Add(DocumentFrameWriter frame, RuleVersion version, long number) => Add(frame, VersionKind, number, version.Changes, version, FraudJson.Default.RuleVersion);

    public static void Add(DocumentFrameWriter frame, ListedEntry entry, long number) => Add(frame, EntryKind, number, entry.Version, entry, FraudJson.Default.ListedEntry);

    public static void Add(DocumentFrameWriter frame, FraudRuleSet set, long number) => Add(frame, SetKind, number, 1, set, FraudJson.Default.FraudRuleSet);

    public static void Add(DocumentFrameWriter frame, ModelInForce model, long number) => Add(frame, ModelKind, number, model.Revision, model, FraudJson.Default.ModelInForce);

    private static T Read<T>(DocumentState state, JsonTypeInfo<T> form) =>
        JsonSerializer.Deserialize(state.Public.Span, form) ?? throw new InvalidDataException($"Document {state.Number} is empty.");

    private static void Add<T>(DocumentFrameWriter frame, byte kind, long number, int version, T document, JsonTypeInfo<T> form)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(document, form);
        json.CopyTo(frame.GetSpan(json.Length));
        frame.Advance(json.Length);
        frame.Add(kind, number, version, json.Length, 0);
    }
}
