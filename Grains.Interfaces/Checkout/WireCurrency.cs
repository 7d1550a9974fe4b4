using System.Collections.Frozen;
using Grains.Interfaces.Values;

namespace Grains.Interfaces.Checkout;

/// <summary>
/// Currencies as Stripe's wire counts them. Most have the minor unit of ISO 4217, which is the ledger's; the króna and the Ugandan
/// shilling are given with two decimals that are always zero, the ariary without its fifths. Amounts of documents, answers and
/// acquirers are the wire's; they become the ledger's where money moves, and nowhere else.
/// Source: docs.stripe.com/currencies.
/// </summary>
public static class WireCurrency
{
    /// <summary>Half of the currency's unit, as Stripe has it for the dollar; whole units where there are no smaller ones.</summary>
    private const long SmallestOfWhole = 50;

    // Those that Stripe charges cards in.
    private const string Codes =
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK
        DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD
        KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN
        PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST
        XAF XCD XOF XPF YER ZAR ZMW
        """;

    private static readonly FrozenSet<string> Known = Codes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A code in any case; false for one that cards are not charged in.</summary>
    public static bool TryParse(string code, out Currency currency)
    {
        currency = default;
        return Known.Contains(code) && Currency.TryParse(code.ToUpperInvariant(), out currency);
    }

    /// <summary>How many digits of the wire's amounts stand behind the point.</summary>
    public static int Digits(Currency currency) => currency.Code switch
    {
        "ISK" or "UGX" => 2,
        "MGA" => 0,
        _ => currency.MinorDigits,
    };

    /// <summary>Amounts on the wire are multiples of it.</summary>
    public static long Step(Currency currency) => currency.MinorDigits switch
    {
        0 when Digits(currency) == 2 => 100,
        3 => 10,
        _ => 1,
    };

    /// <summary>The wire's amount in the ledger's minor units.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has a fraction that the currency has not.</exception>
    public static long ToLedger(long amount, Currency currency)
    {
        var more = currency.MinorDigits - Digits(currency);
        if (more >= 0)
            return checked(amount * Power(more));
        return amount % Power(-more) == 0 ? amount / Power(-more) : throw new ArgumentOutOfRangeException(nameof(amount), amount, $"No amount of {currency.Code}.");
    }

    /// <summary>The ledger's amount as the wire has it; what is less than its smallest unit is left out.</summary>
    public static long ToWire(long amount, Currency currency)
    {
        var more = currency.MinorDigits - Digits(currency);
        return more <= 0 ? checked(amount * Power(-more)) : (long)Math.Floor((decimal)amount / Power(more));
    }

    /// <summary>The amount for people: <c>12.34 USD</c>.</summary>
    public static string Show(long amount, Currency currency) => new Money(ToLedger(amount, currency), currency).ToString();

    /// <summary>Why it is no amount of the currency; null where it is one.</summary>
    public static string? Fault(long amount, Currency currency) => (amount % Step(currency), Step(currency)) switch
    {
        (0, _) => null,
        (_, 10) => $"Invalid amount: in {Lower(currency)} the last digit must be 0.",
        _ => $"Invalid amount: {Lower(currency)} has no minor unit, and is given with two decimals that must be 00.",
    };

    /// <summary>The least that is charged.</summary>
    public static long Smallest(Currency currency) => Digits(currency) switch
    {
        0 => SmallestOfWhole,
        3 => 10 * SmallestOfWhole,
        _ => Math.Max(SmallestOfWhole, Step(currency)),
    };

    /// <summary>Why it is no amount of the currency that a payout could be of. These banks take whole forints and dollars.</summary>
    public static string? PayoutFault(long amount, Currency currency) =>
        Fault(amount, currency) ?? (currency.Code is "HUF" or "TWD" && amount % 100 != 0 ? $"Invalid amount: payouts in {Lower(currency)} must be evenly divisible by 100." : null);

    private static string Lower(Currency currency) => currency.Code.ToLowerInvariant();

    private static long Power(int digits)
    {
        var power = 1L;
        for (var digit = 0; digit < digits; digit++)
            power *= 10;
        return power;
    }
}
