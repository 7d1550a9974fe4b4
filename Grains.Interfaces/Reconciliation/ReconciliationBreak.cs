using System.Text.Json.Serialization;
using Grains.Interfaces.Checkout;

namespace Grains.Interfaces.Reconciliation;

/// <summary>What does not agree. The name is stored and a label: never change it.</summary>
public enum BreakKind
{
    /// <summary>An entry moved another amount on a merchant's balance than its documents say.</summary>
    Balance = 1,

    /// <summary>The accounts of a currency on a shard do not sum to zero.</summary>
    TrialBalance = 2,

    /// <summary>Two shards disagree on what lies between them, though nothing is on its way.</summary>
    Transit = 3,

    /// <summary>Money is booked for a call of which the acquirer knows nothing.</summary>
    AcquirerMissing = 4,

    /// <summary>Of us and the acquirer, one did it and the other did not.</summary>
    AcquirerOutcome = 5,

    /// <summary>Both did it, over different amounts.</summary>
    AcquirerAmount = 6,
}

public static class BreakKindNames
{
    public static IReadOnlyList<BreakKind> All { get; } = Enum.GetValues<BreakKind>();

    public static string Name(this BreakKind kind) => kind switch
    {
        BreakKind.Balance => "balance",
        BreakKind.TrialBalance => "trial_balance",
        BreakKind.Transit => "transit",
        BreakKind.AcquirerMissing => "acquirer_missing",
        BreakKind.AcquirerOutcome => "acquirer_outcome",
        BreakKind.AcquirerAmount => "acquirer_amount",
    };
}

/// <summary>Two books that do not agree, and where.</summary>
/// <param name="Subject">The event, the currency or the acquirer's key that it is about: with the kind it names the break.</param>
/// <param name="Detail">A sentence: what each side says. Amounts as the wire counts them.</param>
/// <param name="FoundAtMs">Product time in milliseconds since 1970.</param>
public sealed record ReconciliationBreak(BreakKind Kind, string Subject, string Detail, long FoundAtMs)
{
    /// <summary>What the acquirer is asked for again until it agrees; null where no acquirer is part of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EndedAttempt? Attempt { get; init; }

    [JsonIgnore]
    public string Id => $"{Kind.Name()}:{Subject}";
}

/// <summary>A call of an acquirer that is over in our books.</summary>
/// <param name="Key">The acquirer's idempotency key.</param>
/// <param name="IsBooked">Whether it did what it was made for, by our books.</param>
/// <param name="Amount">What our books moved or hold for it, in the wire's minor units; 0 where it did nothing.</param>
public sealed record EndedAttempt(string Acquirer, string Key, AcquirerOperation Operation, bool IsBooked, long Amount);

/// <summary>What reconciliation has found, as the ledger keeps it for whoever asks.</summary>
/// <param name="Open">How many there are; <see cref="Breaks"/> has no room for more than <see cref="MostKept"/>.</param>
public sealed record ReconciliationState(int Open, IReadOnlyList<ReconciliationBreak> Breaks)
{
    public const string Setting = "reconciliation.breaks";

    public const int MostKept = 500;

    public static ReconciliationState None { get; } = new(0, []);
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReconciliationState))]
public sealed partial class ReconciliationJson : JsonSerializerContext;
