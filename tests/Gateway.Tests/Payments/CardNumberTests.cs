using Gateway.Payments;

namespace Gateway.Tests.Payments;

public sealed class CardNumberTests
{
    [Theory]
    [InlineData("a4242424242424242b")]
    [InlineData("card4242424242424242")]
    [InlineData("4242424242424242-e29b-41d4")]
    [InlineData("550e8400-e29b-41d4-a716-446655440000 4242424242424242")]
    [InlineData("a4242424242424242bcdefabcdefabcd 4242-4242-4242-4242")]
    public void A_number_that_stands_by_itself_is_found(string text) => Assert.True(CardNumber.IsIn(text));

    [Theory]
    [InlineData("4242424242424241")]
    [InlineData("14242424242424242")]
    [InlineData("550e8400-e29b-41d4-a716-424242424242")]
    [InlineData("a4242424242424242bcdefabcdefabcd")]
    [InlineData("A4242424242424242BCDEFABCDEFABCDE")]
    [InlineData("order-abcdefabcdefabcdefabcd4242424242-424242")]
    [InlineData("0f4242424242424242abcdefabcdefabcdefabcdefabcdefabcdefabcdefabcd")]
    public void Digits_of_another_number_or_of_a_hexadecimal_word_are_none(string text) => Assert.False(CardNumber.IsIn(text));
}
