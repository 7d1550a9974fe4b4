namespace Grains.Interfaces.Values;

/// <summary>
/// ISO 4217: alphabetic code, numeric code and minor unit of each currency in which an account can be held.
/// Metals, funds codes without a minor unit, and the testing code XTS are left out.
/// </summary>
internal static class CurrencyTable
{
    // Three letters, three digits of numeric code, one digit of minor unit.
    private const string Rows =
        """
        AED7842 AFN9712 ALL0082 AMD0512 ANG5322 AOA9732 ARS0322 AUD0362 AWG5332 AZN9442 BAM9772 BBD0522 BDT0502 BGN9752 BHD0483
        BIF1080 BMD0602 BND0962 BOB0682 BOV9842 BRL9862 BSD0442 BTN0642 BWP0722 BYN9332 BZD0842 CAD1242 CDF9762 CHE9472 CHF7562
        CHW9482 CLF9904 CLP1520 CNY1562 COP1702 COU9702 CRC1882 CUC9312 CUP1922 CVE1322 CZK2032 DJF2620 DKK2082 DOP2142 DZD0122
        EGP8182 ERN2322 ETB2302 EUR9782 FJD2422 FKP2382 GBP8262 GEL9812 GHS9362 GIP2922 GMD2702 GNF3240 GTQ3202 GYD3282 HKD3442
        HNL3402 HRK1912 HTG3322 HUF3482 IDR3602 ILS3762 INR3562 IQD3683 IRR3642 ISK3520 JMD3882 JOD4003 JPY3920 KES4042 KGS4172
        KHR1162 KMF1740 KPW4082 KRW4100 KWD4143 KYD1362 KZT3982 LAK4182 LBP4222 LKR1442 LRD4302 LSL4262 LYD4343 MAD5042 MDL4982
        MGA9692 MKD8072 MMK1042 MNT4962 MOP4462 MRU9292 MUR4802 MVR4622 MWK4542 MXN4842 MXV9792 MYR4582 MZN9432 NAD5162 NGN5662
        NIO5582 NOK5782 NPR5242 NZD5542 OMR5123 PAB5902 PEN6042 PGK5982 PHP6082 PKR5862 PLN9852 PYG6000 QAR6342 RON9462 RSD9412
        RUB6432 RWF6460 SAR6822 SBD0902 SCR6902 SDG9382 SEK7522 SGD7022 SHP6542 SLE9252 SLL6942 SOS7062 SRD9682 SSP7282 STN9302
        SVC2222 SYP7602 SZL7482 THB7642 TJS9722 TMT9342 TND7883 TOP7762 TRY9492 TTD7802 TWD9012 TZS8342 UAH9802 UGX8000 USD8402
        USN9972 UYI9400 UYU8582 UYW9274 UZS8602 VED9262 VES9282 VND7040 VUV5480 WST8822 XAF9500 XCD9512 XOF9520 XPF9530 YER8862
        ZAR7102 ZMW9672 ZWL9322
        """;

    private static readonly string?[] CodeByNumber = new string?[1000];
    private static readonly byte[] DigitsByNumber = new byte[1000];
    private static readonly Dictionary<string, short> NumberByCode = [];
    private static readonly Dictionary<string, short>.AlternateLookup<ReadOnlySpan<char>> NumberByLetters;

    static CurrencyTable()
    {
        foreach (var row in Rows.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var number = short.Parse(row.AsSpan(3, 3));
            CodeByNumber[number] = row[..3];
            DigitsByNumber[number] = (byte)(row[6] - '0');
            NumberByCode.Add(row[..3], number);
        }

        NumberByLetters = NumberByCode.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static bool Exists(short number) => number is > 0 and < 1000 && CodeByNumber[number] is not null;

    public static bool TryNumber(ReadOnlySpan<char> code, out short number) => NumberByLetters.TryGetValue(code, out number);

    public static string Code(short number) =>
        CodeByNumber[number] ?? throw new InvalidOperationException("The default Currency is no currency.");

    public static int MinorDigits(short number) =>
        Exists(number) ? DigitsByNumber[number] : throw new InvalidOperationException("The default Currency is no currency.");
}
