namespace Grains.Checkout;

/// <summary>
/// A merchant's money has no account of its own: one of that name is another tenant's, or in another currency, or the name is too
/// long for one. Nothing is recorded until an operator has seen to it.
/// </summary>
internal sealed class ForeignAccountException(string message) : Exception(message);
