using Grains.Interfaces.Values;
using Ledger.Postgres;

namespace Ledger.Tests.Postgres;

public sealed class EpochFiltersTests
{
    private const int First = 7;

    [Fact]
    public void An_epoch_that_has_a_key_is_always_named_and_hardly_any_other()
    {
        // More than two groups of eight, each epoch as full as it gets; two scopes of each text, which share 80 of 128 bits.
        const int Epochs = 18;
        const int Keys = 262_144;
        var filters = new EpochFilters(First);
        var filter = new ulong[EpochFilters.Words];
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            // Only two of them have keys that are looked for below.
            Array.Clear(filter);
            for (var i = 0; i < (epoch is 0 or 10 ? Keys : 100); i++)
                EpochFilters.Note(filter, Key(epoch, i));
            filters.Add(EpochFilters.Read(EpochFilters.Bytes(filter)));
            Assert.Equal(First + epoch + 1, filters.Next);
        }

        var (named, others) = (0, 0);
        for (var epoch = 0; epoch < Epochs; epoch++)
            for (var i = 0; i < 100; i++)
            {
                var epochs = Ask(filters, Key(epoch, i));
                Assert.Contains(First + epoch, epochs);
                named++;
                others += epochs.Count - 1;
            }

        Assert.Equal(Epochs * 100, named);
        Assert.InRange(others, 0, 12);
        Assert.InRange(Enumerable.Range(0, 100_000).Sum(i => Ask(filters, Key(-1, i)).Count), 1, 200);
    }

    [Fact]
    public void Filters_are_stored_and_the_place_of_a_key_in_them_never_changes()
    {
        var filter = new ulong[EpochFilters.Words];
        EpochFilters.Note(filter, 1);
        EpochFilters.Note(filter, new UInt128(0x0123456789abcdef, 0x0123456789abcdef));
        Assert.Equal((0xc001000400000800, 0x0810120000040000ul), (filter[100_473], filter[65_965]));
        Assert.Equal(2, filter.Count(static word => word != 0));
    }

    [Fact]
    public void Where_there_is_none_nothing_is_named() => Assert.Empty(Ask(new EpochFilters(First), 1));

    private static UInt128 Key(int epoch, int number) => IdempotencyKey.Of(epoch + 2, $"key-{number / 2}", number % 2 == 0 ? "A" : "B").Value;

    private static List<int> Ask(EpochFilters filters, UInt128 key)
    {
        var (epochs, keys) = (new List<int>(), new List<Guid>());
        filters.Ask(key, epochs, keys);
        Assert.Equal(Enumerable.Repeat(BatchColumns.Uuid(key), epochs.Count), keys);
        return epochs;
    }
}
