using Ledger.Postgres;
using Servers;
using Silo.Cluster;
using Silo.Cluster.Streams;

namespace Cluster.Tests.Streams;

/// <summary>Which relay has a shard, how far it is, and what it put aside: on a real PostgreSQL, without silos.</summary>
public sealed class RelayBookTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    // A lease of no length is over as soon as it was given.
    private static readonly TimeSpan Over = TimeSpan.Zero;

    private readonly RelayBook book;

    public RelayBookTests()
    {
        var database = ClusterHosting.Database(TestPostgres.NewDatabase());
        PostgresMigrator.Migrate(database, typeof(ClusterServer).Assembly, ClusterServer.Migrations);
        book = new RelayBook(database);
    }

    public ValueTask DisposeAsync() => book.DisposeAsync();

    [Fact]
    public async Task A_shard_is_one_relays_until_its_lease_is_over_or_given_back()
    {
        var first = await Take("first", Long);
        Assert.Null(await book.Take(0, "second", Long, default));
        await book.Release(first, default);
        Assert.Equal("", (await Place()).Owner);

        var second = await Take("second", Over);
        var third = await Take("third", Over);
        Assert.True(first.Fence < second.Fence && second.Fence < third.Fence, $"{first} {second} {third}");
        // Who goes on relaying keeps the shard.
        Assert.NotNull(await Advance(third, 1, Long));
        Assert.Null(await book.Take(0, "fourth", Long, default));
        Assert.NotNull(await Advance(third, 1, Over));
        Assert.Equal(1, (await Take("fourth", Long)).Position);
    }

    [Fact]
    public async Task Who_had_a_shard_before_neither_moves_its_place_nor_keeps_it_nor_gives_it_back()
    {
        var before = await Take("before", Over);
        var now = await Take("now", Long);
        Assert.Null(await Advance(before, 7, Over));
        await book.Release(before, default);
        Assert.Equal(new RelayPlace(0, 0, "now"), await Place());
        Assert.Null(await book.Take(0, "another", Long, default));
        Assert.NotNull(await Advance(now, 5, Long));
        Assert.Equal(5, (await Place()).Position);
    }

    [Fact]
    public async Task A_place_goes_back_only_where_somebody_moves_it_and_whoever_relayed_begins_there_again()
    {
        var lease = await Take("relay", Long);
        await Advance(lease, 9, Long);
        Assert.NotNull(await Advance(lease, 0, Long));
        Assert.Equal(9, (await Place()).Position);

        Assert.True(await book.Move(0, 4, default));
        Assert.False(await book.Move(1, 4, default));
        Assert.Null(await Advance(lease, 10, Long));
        Assert.Equal(4, (await Take("relay", Long)).Position);
    }

    [Fact]
    public async Task A_dead_letter_is_told_to_the_relay_of_its_shard_once_it_is_asked_for_and_no_more_once_it_was_published()
    {
        var lease = await Take("relay", Long);
        await book.Bury(0, 3, "No.", default);
        Assert.False(await Advance(lease, 3, Long));
        Assert.Empty(await book.Letters(0, default));

        Assert.True(await book.Requeue(0, 3, default));
        Assert.False(await book.Requeue(0, 4, default));
        Assert.False(await book.Requeue(1, 3, default));
        Assert.True(await Advance(lease, 3, Long));
        Assert.Equal((3, "No.", true), Assert.Single((await book.Letters(0, default)).Select(static letter => (letter.Position, letter.Reason, letter.IsRequeued))));
        Assert.Empty(await book.Letters(1, default));

        await book.Forget(0, 3, default);
        Assert.False(await Advance(lease, 3, Long));
        Assert.Empty(await book.Letters(null, default));
    }

    private async Task<RelayLease> Take(string owner, TimeSpan lease) =>
        await book.Take(0, owner, lease, default) ?? throw new InvalidOperationException($"The shard is not given to '{owner}'.");

    private Task<bool?> Advance(RelayLease lease, long position, TimeSpan keep) => book.Advance(lease, position, keep, default);

    private async Task<RelayPlace> Place() => Assert.Single(await book.Places(default));
}
