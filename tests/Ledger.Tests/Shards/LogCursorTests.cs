using Ledger.Shards;

namespace Ledger.Tests.Shards;

public sealed class LogCursorTests
{
    [Theory]
    [InlineData("0", 1, "0")]
    [InlineData("17", 1, "17")]
    [InlineData("0", 2, "0.0")]
    [InlineData("17.3", 2, "17.3")]
    [InlineData("4611686018427387904", 1, "4611686018427387904")]
    public void A_cursor_comes_back_as_it_was_told(string text, int shards, string told)
    {
        Assert.True(LogCursor.TryParse(text, shards, out var cursor));
        Assert.Equal(told, cursor.ToString());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("x", 1)]
    [InlineData("-1", 1)]
    [InlineData("+1", 1)]
    [InlineData(" 1", 1)]
    [InlineData("1e3", 1)]
    [InlineData("17", 2)]
    [InlineData("17.3", 1)]
    [InlineData("17.3.1", 2)]
    [InlineData("17.", 2)]
    [InlineData(".", 2)]
    [InlineData("4611686018427387905", 1)]
    [InlineData("9223372036854775807", 1)]
    [InlineData("99999999999999999999", 1)]
    public void What_nobody_was_told_is_none(string text, int shards) => Assert.False(LogCursor.TryParse(text, shards, out _));

    [Fact]
    public void Places_are_of_each_shard()
    {
        var cursor = new LogCursor([10, 100]);
        Assert.Equal("10.101", cursor.With(1, 101).ToString());
        Assert.Equal("5.100", cursor.Earlier(new LogCursor([5, 200])).ToString());
        Assert.Equal(7, cursor.Behind(new LogCursor([12, 105])));
        Assert.Equal(0, cursor.Behind(new LogCursor([5, 50])));
        Assert.Equal("0.0", new LogCursor([5, 50]).Back(200).ToString());
        Assert.Equal("7.97", cursor.Back(5).ToString());
        Assert.Equal("5", LogCursor.At(10).Back(5).ToString());
    }
}
