using Grains.Interfaces.Checkout;

namespace Grains.Acquirers.Sandbox;

/// <summary>What the sandbox says of a card, from its number alone. A number that is no test card is taken, and declined when it is used.</summary>
internal static class SandboxDescription
{
    public static AcquirerCard Of(CardEntry entry)
    {
        var card = SandboxCards.OfNumber(entry.Number);
        return new AcquirerCard(
            card?.Name ?? "none",
            card?.Brand ?? BrandOf(entry.Number),
            card?.Funding ?? "unknown",
            card?.Country ?? "US",
            new CardChecks
            {
                CvcCheck = entry.Cvc is null ? null : card?.Cvc ?? "unchecked",
                AddressLine1Check = entry.AddressLine1 is null ? null : card?.AddressLine1 ?? "unchecked",
                AddressPostalCodeCheck = entry.PostalCode is null ? null : card?.PostalCode ?? "unchecked",
            })
        {
            NotKept = card is { IsKept: false, Code: { } code } ? new CardDecline(code, card.DeclineCode) : null,
        };
    }

    private static string BrandOf(string number) => number[0] switch
    {
        '4' => "visa",
        '5' or '2' => "mastercard",
        '3' when number.Length > 1 && number[1] is '4' or '7' => "amex",
        '6' => "discover",
        _ => "unknown",
    };
}
