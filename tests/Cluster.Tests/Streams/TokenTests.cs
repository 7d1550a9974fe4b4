using Cluster.Subscriber;

namespace Cluster.Tests.Streams;

/// <summary>What a subscriber remembers.</summary>
public sealed class TokenTests
{
    [Theory]
    [InlineData("1 2 3", 3, "1 2 3", "4 5")]
    [InlineData("2 3", 0, "2 3", "1 4")]
    [InlineData("2 1", 2, "1 2", "3")]
    [InlineData("5 3 1 2", 3, "1 2 3 5", "4 6")]
    [InlineData("5 3 1 2 4 2", 5, "1 2 3 4 5", "6")]
    [InlineData("5 upto:3", 3, "1 2 3 5", "4 6")]
    [InlineData("4 6 upto:3", 4, "1 2 3 4 6", "5 7")]
    [InlineData("9 upto:7 8", 9, "1 7 8 9", "10")]
    public void It_knows_what_was_done_in_whatever_order_it_came(string done, long position, string has, string hasNot)
    {
        var path = Path.GetTempFileName();
        File.Delete(path);
        var token = ResumeToken.Open(path);
        Assert.True(token.IsNew);
        foreach (var step in done.Split(' '))
            if (step.StartsWith("upto:", StringComparison.Ordinal))
                token.DoneUpTo(1, long.Parse(step["upto:".Length..]));
            else
                token.Done(1, long.Parse(step));
        token.Save();
        var again = ResumeToken.Open(path);
        File.Delete(path);

        foreach (var one in new[] { token, again })
        {
            Assert.False(one.IsNew);
            Assert.Equal(position, one.Position(1));
            Assert.All(has.Split(' ').Select(long.Parse), place => Assert.True(one.Has(1, place), $"{place}"));
            Assert.All(hasNot.Split(' ').Select(long.Parse), place => Assert.False(one.Has(1, place), $"{place}"));
        }
    }

    [Fact]
    public void It_knows_what_was_put_aside_last()
    {
        var path = Path.GetTempFileName();
        File.Delete(path);
        var token = ResumeToken.Open(path);
        for (var position = 1; position <= ResumeToken.MostAside + 2; position++)
            token.PutAside(1, position, isAside: true);
        token.PutAside(1, 5, isAside: false);
        token.Save();
        var again = ResumeToken.Open(path);
        File.Delete(path);

        Assert.Equal([false, false, true, true, false, true], Enumerable.Range(1, 6).Select(position => again.IsAside(1, position)));
        Assert.True(again.IsAside(1, ResumeToken.MostAside + 2));
        Assert.False(again.IsAside(0, 3));
    }
}
