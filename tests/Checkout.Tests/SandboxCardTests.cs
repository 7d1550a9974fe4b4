using System.Globalization;
using System.Text.Json;
using Grains.Acquirers.Sandbox;

namespace Checkout.Tests;

/// <summary>The sandbox has every test card that Stripe publishes, under its number and its name.</summary>
public sealed class SandboxCardTests
{
    [Fact]
    public void Every_published_card_is_there()
    {
        using var published = JsonDocument.Parse(File.ReadAllBytes(Material.Path("stripe/test_cards.json")));
        foreach (var card in published.RootElement.GetProperty("cards").EnumerateArray().Where(static card => card.GetProperty("luhn").GetBoolean()))
        {
            var number = card.GetProperty("number").GetString()!;
            Assert.NotNull(SandboxCards.OfNumber(number));
            if (card.GetProperty("payment_method").GetString() is not { } name)
                continue;
            Assert.NotNull(SandboxCards.OfName(name));
            Assert.Equal(SandboxCards.OfName(name), SandboxCards.OfName("tok_" + name["pm_card_".Length..]));
        }
    }

    [Fact]
    public void Every_card_s_number_is_one()
    {
        Assert.True(SandboxCards.Numbers.Count > 120);
        foreach (var number in SandboxCards.Numbers)
        {
            var digits = number.Select(static (digit, place) => (Value: CharUnicodeInfo.GetDecimalDigitValue(digit), place)).ToArray();
            var sum = digits.Sum(digit => (number.Length - digit.place) % 2 == 0 ? digit.Value > 4 ? (digit.Value * 2) - 9 : digit.Value * 2 : digit.Value);
            Assert.True(sum % 10 == 0, number);
        }
    }
}
