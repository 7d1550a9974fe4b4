using Grains.Interfaces.Values;

namespace Grains.Interfaces.Checkout;

/// <summary>What amounts may be charged.</summary>
public static class AmountRules
{
    /// <summary>Why a payment cannot be of this amount; null where it can. Reasons: <c>amount_too_small</c>, a fraction that the currency has not.</summary>
    public static WireAnswer? Refuse(RequestFacts request, long amount, Currency currency)
    {
        var smallest = WireCurrency.Smallest(currency);
        if (amount < smallest)
            return WireError.Invalid(request, $"Amount must be at least {WireCurrency.Show(smallest, currency)}", "amount", "amount_too_small");
        return RefuseFraction(request, amount, currency, "amount");
    }

    /// <summary>Why a part of a payment cannot be of this amount; null where it can.</summary>
    public static WireAnswer? RefuseFraction(RequestFacts request, long amount, Currency currency, string param) =>
        WireCurrency.Fault(amount, currency) is { } fault ? WireError.Invalid(request, fault, param) : null;
}
