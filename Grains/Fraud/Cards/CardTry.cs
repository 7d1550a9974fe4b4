namespace Grains.Fraud.Cards;

/// <summary>An attempt to pay with a card at one merchant, or to check one. Entities are 64-bit keyed hashes; 0 stands for none.</summary>
/// <param name="Customer">The merchant's customer.</param>
/// <param name="Address">Where the cardholder's browser asked from.</param>
/// <param name="Amount">The ledger's minor units; 0 for a check.</param>
public readonly record struct CardTry(long Card, long Customer, long Address, long Amount, long TimeMs);
