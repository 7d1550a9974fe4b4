using Grains.Interfaces.Values;

namespace Ledger.Tests;

public sealed class KeyFilterTests
{
    [Fact]
    public void It_never_denies_a_key_that_was_added_and_denies_nearly_all_others()
    {
        var filter = new KeyFilter();
        // More than two layers; two scopes of each text, which share 80 of 128 bits.
        const int Keys = 900_000;
        for (var i = 0; i < Keys; i++)
            filter.Add(Key(i));
        var denied = Enumerable.Range(0, Keys).Count(i => !filter.MayContain(Key(i)));
        Assert.Equal(0, denied);
        var wrong = Enumerable.Range(Keys, 200_000).Count(i => filter.MayContain(Key(i)));
        Assert.InRange(wrong, 0, 2_000);

        static UInt128 Key(int number) => IdempotencyKey.Of(1, $"key-{number / 2}", number % 2 == 0 ? "A" : "B").Value;
    }

    [Fact]
    public void An_empty_one_denies_all() => Assert.False(new KeyFilter().MayContain(1));
}
