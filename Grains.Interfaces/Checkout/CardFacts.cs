namespace Grains.Interfaces.Checkout;

/// <summary>All of a card that leaves the moment of its entry: what may be shown, and the acquirer's reference in place of its number.</summary>
/// <param name="Acquirer">Who gave the reference.</param>
/// <param name="Reference">The acquirer's name for the card.</param>
/// <param name="Card">What may be shown.</param>
/// <param name="NotKept">Why its bank would not have it kept for later; null where it would.</param>
public sealed record CardFacts(string Acquirer, string Reference, Card Card, CardDecline? NotKept = null);

/// <summary>A bank's no, in Stripe's codes.</summary>
public sealed record CardDecline(string Code, string? DeclineCode);

/// <summary>A card as its holder typed it: it is handed on within the request that brought it, and written nowhere.</summary>
public sealed record CardEntry(string Number, int ExpMonth, int ExpYear, string? Cvc, string? PostalCode, string? AddressLine1 = null)
{
    /// <summary>Says that there is a card, and nothing of it.</summary>
    public override string ToString() => "a card";
}

/// <summary>Why a card was not taken.</summary>
/// <param name="Code">Stripe's error code: <c>incorrect_number</c>, <c>invalid_expiry_year</c>, …</param>
public sealed record CardRefusal(string Code, string Message, string Param);

/// <summary>What became of a card's entry: one of the two.</summary>
public sealed record CardEntryAnswer(CardFacts? Facts, CardRefusal? Refusal);

/// <summary>Exchanges a card's number for facts that may be kept.</summary>
public interface ICardEntry
{
    Task<CardEntryAnswer> Enter(CardEntry entry);
}
