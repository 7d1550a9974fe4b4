namespace Grains.Fraud.Features;

/// <summary>Who has a part in a payment, as lists name them; null where there is none.</summary>
public readonly record struct ListedParties(string? Account, string? Counterparty, string? Card, string? Device, string? Ip);
