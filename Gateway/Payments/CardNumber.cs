using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Payments;

/// <summary>
/// Finds payment card numbers in free text: an issuer's range, that issuer's lengths, and a valid Luhn digit, with spaces or
/// dashes between the digits or without. A number must stand by itself: digits that touch it on either side make it another one, and
/// digits inside a UUID or another long hexadecimal word, some of which would pass, are none.
/// </summary>
internal static partial class CardNumber
{
    private const int MinLength = 12;
    private const int MaxLength = 19;

    /// <summary>Separators in a row that still join two groups of digits.</summary>
    private const int MaxGap = 3;

    public static bool IsIn(string text)
    {
        if (text.Length < MinLength)
            return false;
        Span<byte> digits = stackalloc byte[MaxLength];
        for (var start = 0; start <= text.Length - MinLength; start++)
            if (Digit(text[start]) >= 0 && (start == 0 || Digit(text[start - 1]) < 0) && StartsAt(text, start, digits) && !IsInHexadecimalWord(text, start))
                return true;
        return false;
    }

    private static bool IsInHexadecimalWord(string text, int at)
    {
        foreach (var word in HexadecimalWord().EnumerateMatches(text))
            if (word.Index <= at && at < word.Index + word.Length)
                return true;
        return false;
    }

    private static bool StartsAt(string text, int start, Span<byte> digits)
    {
        var (count, gap) = (0, 0);
        for (var i = start; i < text.Length; i++)
        {
            var digit = Digit(text[i]);
            if (digit >= 0)
            {
                if (count == MaxLength)
                    return false;
                digits[count++] = (byte)digit;
                gap = 0;
                var groupEnds = i + 1 == text.Length || Digit(text[i + 1]) < 0;
                if (groupEnds && count >= MinLength && IsCard(digits[..count]))
                    return true;
            }
            else if (!IsSeparator(text[i]) || ++gap > MaxGap)
            {
                return false;
            }
        }

        return false;
    }

    // A UUID, with dashes or without, or a digest.
    [GeneratedRegex("(?<![0-9A-Za-z])([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}|(?=[0-9]*[a-fA-F])[0-9a-fA-F]{32,})(?![0-9A-Za-z])")]
    private static partial Regex HexadecimalWord();

    private static bool IsCard(ReadOnlySpan<byte> digits) => IsIssued(Prefix(digits), digits.Length) && PassesLuhn(digits);

    // ISO/IEC 7812 ranges by the first six digits: Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro.
    private static bool IsIssued(int prefix, int length) => prefix switch
    {
        >= 400000 and <= 499999 => length is 13 or 16 or 19,
        >= 510000 and <= 559999 or >= 222100 and <= 272099 => length is 16,
        >= 340000 and <= 349999 or >= 370000 and <= 379999 => length is 15,
        >= 601100 and <= 601199 or >= 644000 and <= 659999 => length is >= 16 and <= 19,
        >= 300000 and <= 305999 or >= 309500 and <= 309599 or >= 360000 and <= 369999 or >= 380000 and <= 399999 => length is >= 14 and <= 19,
        >= 352800 and <= 358999 => length is >= 16 and <= 19,
        >= 620000 and <= 629999 or >= 810000 and <= 817199 => length is >= 16 and <= 19,
        >= 501800 and <= 501899 or >= 502000 and <= 502099 or >= 503800 and <= 503899 or >= 589300 and <= 589399
            or >= 630400 and <= 630499 or >= 675900 and <= 675999 or >= 676100 and <= 676399 => length is >= 12 and <= 19,
        _ => false,
    };

    private static int Prefix(ReadOnlySpan<byte> digits)
    {
        var prefix = 0;
        foreach (var digit in digits[..6])
            prefix = (prefix * 10) + digit;
        return prefix;
    }

    private static bool PassesLuhn(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (int)digits[^(i + 1)];
            if (i % 2 == 1)
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    // Full-width and other decimal digits hide a number from a plain search as little as from a reader.
    private static int Digit(char character) =>
        char.IsAsciiDigit(character) ? character - '0' : character < 128 ? -1 : CharUnicodeInfo.GetDecimalDigitValue(character);

    private static bool IsSeparator(char character) =>
        character is ' ' or '-' || (character >= 128 && CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation);
}
