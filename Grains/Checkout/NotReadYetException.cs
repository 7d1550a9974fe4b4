using Grains.Interfaces.Values;

namespace Grains.Checkout;

/// <summary>
/// A decision needs something that the grain has not read yet: it is read, and the decision made anew from its start. Nothing was
/// changed. Thrown, since it is rare, and every decision may need to stop anywhere.
/// </summary>
internal sealed class NotReadYetException : Exception
{
    public NotReadYetException(long document) => Document = document;

    public NotReadYetException(Currency currency) => Currency = currency;

    public NotReadYetException(string chargeOfRefunds) => ChargeOfRefunds = chargeOfRefunds;

    /// <summary>The document that is needed; 0 for what is none.</summary>
    public long Document { get; }

    /// <summary>The currency whose balance account is needed.</summary>
    public Currency Currency { get; }

    /// <summary>The charge whose list of refunds is needed; null for none.</summary>
    public string? ChargeOfRefunds { get; }
}
