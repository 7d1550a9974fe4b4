using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grains.Interfaces.Checkout;
using Ledger.Sealing;

namespace Grains.Acquirers;

/// <summary>
/// Where a card's number ends: it is checked, handed to the acquirer for a reference, and kept as last four digits and a keyed
/// fingerprint. Nothing of it is stored or logged here.
/// </summary>
public sealed class CardTokenizer(IAcquirer acquirer, MasterKey masterKey, TimeProvider clock) : ICardEntry
{
    private const int MinLength = 12;
    private const int MaxLength = 19;

    private readonly byte[] fingerprintKey = masterKey.Derive("card fingerprints");

    public string Acquirer => acquirer.Name;

    public async Task<CardEntryAnswer> Enter(CardEntry entry)
    {
        var clean = entry with { Number = Digits(entry.Number) };
        if (Refuse(clean) is { } refusal)
            return new CardEntryAnswer(null, refusal);
        var card = await acquirer.Describe(clean, CancellationToken.None);
        return card.Refusal is not null ? new CardEntryAnswer(null, card.Refusal) : new CardEntryAnswer(Facts(clean, card), null);
    }

    /// <summary>The facts of a published test card; null where the name is none.</summary>
    public CardFacts? TestCard(string name)
    {
        if (acquirer.TestCard(name) is not { } test)
            return null;
        var entry = new CardEntry(test.Number, 12, clock.GetUtcNow().Year + 3, "123", test.WithAddress ? "94103" : null, test.WithAddress ? "1 Main Street" : null);
        // The sandbox's own names are described without a call.
        var described = acquirer.Describe(entry, CancellationToken.None);
        return described.IsCompletedSuccessfully ? Facts(entry, described.Result) : throw new InvalidOperationException("A test card is described at once.");
    }

    /// <summary>Whether an acquirer's reference is a published test card's: then it is what its name has behind its prefix.</summary>
    public bool IsTestCard(string reference) => acquirer.TestCard("pm_card_" + reference) is not null;

    private CardFacts Facts(CardEntry entry, AcquirerCard card) => new(acquirer.Name, card.Reference, new Card
    {
        Brand = card.Brand,
        Checks = card.Checks,
        Country = card.Country,
        ExpMonth = entry.ExpMonth,
        ExpYear = entry.ExpYear,
        Fingerprint = Fingerprint(entry.Number),
        Funding = card.Funding,
        Last4 = entry.Number[^4..],
    }, card.NotKept);

    private string Fingerprint(string number)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(fingerprintKey, Encoding.ASCII.GetBytes(number), hash);
        return Convert.ToHexStringLower(hash[..8]);
    }

    private CardRefusal? Refuse(CardEntry entry)
    {
        var now = clock.GetUtcNow();
        if (entry.Number.Length is < MinLength or > MaxLength || !entry.Number.All(char.IsAsciiDigit))
            return new CardRefusal("invalid_number", "The card number is not a valid credit card number.", "number");
        if (!PassesLuhn(entry.Number))
            return new CardRefusal("incorrect_number", "Your card number is incorrect.", "number");
        if (entry.ExpMonth is < 1 or > 12)
            return new CardRefusal("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month");
        if (entry.ExpYear < now.Year || entry.ExpYear > now.Year + 50)
            return new CardRefusal("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year");
        if (entry.ExpYear == now.Year && entry.ExpMonth < now.Month)
            return new CardRefusal("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month");
        return entry.Cvc is { } cvc && (cvc.Length is < 3 or > 4 || !cvc.All(char.IsAsciiDigit))
            ? new CardRefusal("invalid_cvc", "Your card's security code is invalid.", "cvc")
            : null;
    }

    private static string Digits(string number) => number.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static bool PassesLuhn(string number)
    {
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = CharUnicodeInfo.GetDecimalDigitValue(number[^(i + 1)]);
            if (i % 2 == 1)
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }
}
