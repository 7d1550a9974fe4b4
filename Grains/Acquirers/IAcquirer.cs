using System.Text.Json.Serialization;
using Grains.Interfaces.Checkout;

namespace Grains.Acquirers;

/// <summary>
/// Who takes money from cards. Every operation carries a key under which it happens at most once, however often it is sent; so an
/// operation whose answer did not come is asked for, or sent again, under the same key.
/// </summary>
public interface IAcquirer
{
    string Name { get; }

    /// <summary>
    /// Whether <see cref="Find"/> needs no more of an operation than its key, and finds each however much came after it: only then are books
    /// compared with this acquirer's.
    /// </summary>
    bool FindsEveryCall => true;

    /// <summary>What the acquirer says of a card, and its reference in place of the number.</summary>
    Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken);

    /// <summary>The card behind a published name of a test card (<c>pm_card_visa</c>); null where the name is none.</summary>
    TestCard? TestCard(string name);

    /// <summary>Does an operation, or answers what it did under this key before.</summary>
    /// <exception cref="AcquirerSilentException">No answer came: it may have been done.</exception>
    Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// What was answered under this operation's key; null where nothing was done, and never on a doubt: it may be sent again then.
    /// </summary>
    /// <exception cref="AcquirerSilentException">No answer came.</exception>
    Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken);
}

/// <summary>An acquirer did not answer: what it did is unknown until it is asked.</summary>
public sealed class AcquirerSilentException : Exception
{
    public AcquirerSilentException()
        : this("The acquirer did not answer.")
    {
    }

    public AcquirerSilentException(string message)
        : base(message)
    {
    }

    public AcquirerSilentException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

/// <summary>A test card as its holder would type it.</summary>
/// <param name="WithAddress">Whether its address comes with it, so that it can be checked.</param>
public sealed record TestCard(string Number, bool WithAddress);

/// <summary>What an acquirer says of a card. A refused card has a <see cref="Refusal"/> and nothing else.</summary>
public sealed record AcquirerCard(string Reference, string Brand, string Funding, string Country, CardChecks Checks, CardRefusal? Refusal = null)
{
    /// <summary>Why its bank would not have it kept for later; null where it would.</summary>
    public CardDecline? NotKept { get; init; }
}

/// <summary>An operation on a card or an authorization. Amounts in minor units.</summary>
/// <param name="Key">Under which it happens at most once.</param>
/// <param name="Final">Authorize: take the amount at once. Capture: nothing of the authorization remains.</param>
public sealed record AcquirerRequest(
    string Key, AcquirerOperation Operation, long Amount, string Currency, string? CardReference, string? Authorization, bool Final,
    bool OffSession, bool Prepared, bool Authenticated, bool WantsChallenge)
{
    /// <summary>The challenge that the cardholder passed, or came back from, by the acquirer's name; null where there was none.</summary>
    public string? Challenge { get; init; }

    /// <summary>What is said against the dispute that <see cref="Authorization"/> names.</summary>
    [JsonIgnore]
    public DisputeEvidence? Evidence { get; init; }

    /// <summary>Where an acquirer that has a page for challenges sends the cardholder back to. The client secret is in it: it is in no book.</summary>
    [JsonIgnore]
    public string? ReturnUrl { get; init; }
}

/// <summary>What an acquirer decided. The number is stored in books: never reuse one.</summary>
public enum AcquirerOutcome : byte
{
    Approved = 1,

    /// <summary>A definitive no: nothing was taken.</summary>
    Declined = 2,

    /// <summary>The cardholder must pass a challenge first: nothing was taken.</summary>
    ChallengeRequired = 3,
}

/// <summary>What an acquirer answered.</summary>
public sealed record AcquirerAnswer(AcquirerOutcome Outcome)
{
    /// <summary>The acquirer's name for the authorization or refund.</summary>
    public string? Reference { get; init; }

    /// <summary>The challenge that the cardholder is to pass.</summary>
    public string? Challenge { get; init; }

    /// <summary>The acquirer's page for it; null where the page is ours.</summary>
    public string? ChallengeUrl { get; init; }

    /// <summary>Why it was declined, in Stripe's codes.</summary>
    public string? Code { get; init; }

    public string? DeclineCode { get; init; }

    /// <summary>Whether our own risk check would have declined it before the network was asked.</summary>
    public bool Blocked { get; init; }

    public string RiskLevel { get; init; } = "normal";

    public int RiskScore { get; init; } = 20;

    /// <summary>The cardholder disputes what was taken at once, for this reason.</summary>
    public string? DisputeReason { get; init; }

    /// <summary>A refund that the card's bank has not taken yet, or will send back.</summary>
    public RefundCourse Refund { get; init; }

    /// <summary>Whether a refund that it took may still fail: what became of it is asked for, and not foretold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RefundIsFollowed { get; init; }

    /// <summary>The dispute after what was said to it; null for anything else.</summary>
    [JsonIgnore]
    public AcquirerDispute? Dispute { get; init; }

    /// <summary>Whether an authorization can be raised, and captured in parts.</summary>
    public bool IsFlexible { get; init; } = true;

    /// <summary>Whether the money is available at once.</summary>
    public bool AvailableAtOnce { get; init; }

    /// <summary>Over what it was done, in the wire's minor units, where the acquirer is asked for it afterwards and says so; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Amount { get; init; }
}

/// <summary>How a refund goes on. The number is stored in books: never reuse one.</summary>
public enum RefundCourse : byte
{
    /// <summary>It has arrived.</summary>
    Arrives = 0,
    ArrivesLater = 1,
    ComesBack = 2,
}
