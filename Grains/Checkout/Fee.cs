using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;

namespace Grains.Checkout;

/// <summary>What the product takes for its work, as the wire counts the payment's currency.</summary>
internal static class Fee
{
    /// <summary>A dispute's fee: 15.00 of the currency.</summary>
    private const long DisputeWhole = 15;

    /// <summary>2.9 % rounded half up, plus 0.30; no fixed part where the currency has no smaller unit. Never more than the amount.</summary>
    public static long OfCapture(long amount, Currency currency)
    {
        // In thousandths of the smallest amount that there is: a króna has no hundredths, though the wire writes them.
        var unit = HasSmaller(currency) ? 1 : WireCurrency.Step(currency);
        var share = (long)((((Int128)amount * 29) + (500 * unit)) / (1000 * unit)) * unit;
        var fixedPart = HasSmaller(currency) ? 3 * Whole(currency) / 10 : 0;
        return Math.Min(amount, checked(share + fixedPart));
    }

    public static long OfDispute(Currency currency) => DisputeWhole * Whole(currency);

    private static bool HasSmaller(Currency currency) => Math.Min(currency.MinorDigits, WireCurrency.Digits(currency)) > 0;

    private static long Whole(Currency currency)
    {
        var whole = 1L;
        for (var digit = 0; digit < WireCurrency.Digits(currency); digit++)
            whole *= 10;
        return whole;
    }
}
