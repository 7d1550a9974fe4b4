using FsCheck;
using FsCheck.Fluent;
using Grains.Interfaces.Values;

namespace Grains.Tests.Values;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("150.00", "USD", 15_000)]
    [InlineData("150", "USD", 15_000)]
    [InlineData("150.5", "USD", 15_050)]
    [InlineData("0.01", "USD", 1)]
    [InlineData("0", "USD", 0)]
    [InlineData("007", "USD", 700)]
    [InlineData("100", "JPY", 100)]
    [InlineData("1.234", "BHD", 1_234)]
    [InlineData("1.2345", "CLF", 12_345)]
    [InlineData("9999999999999999.99", "USD", 999_999_999_999_999_999)]
    public void A_decimal_string_is_read_exactly(string text, string currency, long minorUnits)
    {
        Assert.True(Money.TryParse(text, Currency.Parse(currency), out var money));
        Assert.Equal(minorUnits, money.MinorUnits);
    }

    [Theory]
    [InlineData("", "USD")]
    [InlineData("-1", "USD")]
    [InlineData("+1", "USD")]
    [InlineData("1e2", "USD")]
    [InlineData("150.001", "USD")]
    [InlineData("100.5", "JPY")]
    [InlineData("100.0", "JPY")]
    [InlineData("150,00", "USD")]
    [InlineData("1,500.00", "USD")]
    [InlineData(".5", "USD")]
    [InlineData("5.", "USD")]
    [InlineData(" 5", "USD")]
    [InlineData("5 ", "USD")]
    [InlineData("1.2.3", "USD")]
    [InlineData("٣", "USD")]
    [InlineData("NaN", "USD")]
    [InlineData("1234567890123456789012345", "USD")]
    [InlineData("10000000000000000.00", "USD")]
    public void Anything_else_is_refused(string text, string currency) =>
        Assert.False(Money.TryParse(text, Currency.Parse(currency), out _));

    [Theory]
    [InlineData(15_000, "USD", "150.00")]
    [InlineData(5, "USD", "0.05")]
    [InlineData(-5, "USD", "-0.05")]
    [InlineData(0, "USD", "0.00")]
    [InlineData(100, "JPY", "100")]
    [InlineData(1_234, "BHD", "1.234")]
    [InlineData(long.MaxValue, "USD", "92233720368547758.07")]
    [InlineData(long.MinValue, "USD", "-92233720368547758.08")]
    public void It_is_written_with_exactly_the_minor_digits(long minorUnits, string currency, string text) =>
        Assert.Equal(text, new Money(minorUnits, Currency.Parse(currency)).ToDecimalString());

    [Fact]
    public void Every_amount_reads_back_as_it_was_written() =>
        Prop.ForAll(
            Numbers.Between(0, Money.MaxPaymentMinorUnits).ToArbitrary(),
            Gen.Elements("USD", "JPY", "BHD", "CLF").ToArbitrary(),
            static (minorUnits, code) =>
            {
                var money = new Money(minorUnits, Currency.Parse(code));
                return Money.TryParse(money.ToDecimalString(), money.Currency, out var read) && read == money;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_currencies_do_not_add() =>
        Assert.Throws<InvalidOperationException>(static () => new Money(1, Currency.Usd) + new Money(1, Currency.Parse("EUR")));

    [Fact]
    public void A_sum_beyond_64_bits_throws() =>
        Assert.Throws<OverflowException>(static () => new Money(long.MaxValue, Currency.Usd) + new Money(1, Currency.Usd));
}
