using FsCheck;
using FsCheck.Fluent;
using Grains.Fraud.Features;

namespace Grains.Tests.Fraud.Features;

public sealed class WholeRootTests
{
    [Fact]
    public void It_is_the_largest_whose_square_is_not_above() =>
        Prop.ForAll(
            Numbers.Between(0, 1_000_000_000_000_000_000).ToArbitrary(),
            static root => WholeRoot.Of((Int128)root * root) == root
                && WholeRoot.Of(((Int128)root * root) + root + root) == root
                && (root == 0 || WholeRoot.Of(((Int128)root * root) - 1) == root - 1)).QuickCheckThrowOnFailure();

    [Fact]
    public void Small_ones_are_right_too()
    {
        for (var square = 0; square < 10_000; square++)
            Assert.Equal(Math.Truncate(Math.Sqrt(square)), WholeRoot.Of(square));
    }
}
