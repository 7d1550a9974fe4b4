using Grains.Interfaces.Values;

namespace Grains.Checkout;

/// <summary>What the product takes for its work, in minor units of the payment's currency.</summary>
internal static class Fee
{
    /// <summary>A dispute's fee: 15.00 of the currency.</summary>
    private const long DisputeWhole = 15;

    /// <summary>2.9 % rounded half up, plus 0.30; no fixed part where the currency has no smaller unit. Never more than the amount.</summary>
    public static long OfCapture(long amount, Currency currency)
    {
        var share = (long)((((Int128)amount * 29) + 500) / 1000);
        var fixedPart = currency.MinorDigits == 0 ? 0 : 3 * Whole(currency) / 10;
        return Math.Min(amount, checked(share + fixedPart));
    }

    public static long OfDispute(Currency currency) => DisputeWhole * Whole(currency);

    private static long Whole(Currency currency)
    {
        var whole = 1L;
        for (var digit = 0; digit < currency.MinorDigits; digit++)
            whole *= 10;
        return whole;
    }
}
