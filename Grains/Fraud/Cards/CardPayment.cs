using Grains.Fraud.Features;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Cards;

/// <summary>A card attempt as it is judged.</summary>
/// <param name="CardCountry">Of its BIN: ISO 3166-1 alpha-2; null where it is not known.</param>
/// <param name="BillingCountry">The same.</param>
/// <param name="IsTestCard">A published test card: its outcome is a script, and what others try has no say in it.</param>
/// <param name="Parties">As lists name them: the merchant, the card's fingerprint, and where the cardholder's browser asked from.</param>
public sealed record CardPayment(CardTry Try, Currency Currency, string? CardCountry, string? BillingCountry, bool IsTestCard, ListedParties Parties);
