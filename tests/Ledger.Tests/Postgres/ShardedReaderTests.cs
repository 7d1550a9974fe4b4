using Grains.Interfaces.Values;
using Ledger.Postgres;
using Ledger.Shards;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Lists over two shards, each of which has system accounts of its own.</summary>
public sealed class ShardedReaderTests : IDisposable
{
    private readonly string[] databases = [MigratedDatabase.New(), MigratedDatabase.New()];
    private readonly PostgresStore[] stores;
    private readonly ShardedReader reader;

    public ShardedReaderTests()
    {
        PostgresSettings[] settings = [.. databases.Select(static database => PostgresSettings.Parse(database, isProduction: false))];
        var map = PostgresShards.Open(settings, TimeProvider.System);
        stores = [.. settings.Select(static (place, shard) => new PostgresStore(place, TimeProvider.System, shard))];
        reader = new ShardedReader(map, [.. stores.Select(static store => store.Reader)]);
        for (var shard = 0; shard < 2; shard++)
        {
            var draft = new JournalDraft(stores[shard]);
            foreach (var name in Enumerable.Range(0, 1_000).Select(static number => $"a{number}").Where(name => map.ShardOf(AccountId.Parse(name)) == shard).Take(4))
                Assert.Equal([Refusal.None, Refusal.None], (Refusal[])[draft.Commit(draft.Open(name)), draft.Commit(draft.Fund(name, 1))]);
        }
    }

    public void Dispose()
    {
        foreach (var store in stores)
            store.Dispose();
        foreach (var database in databases)
            TestPostgres.Shared.Drop(database);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_of_accounts_is_full_while_there_is_more(bool newestFirst)
    {
        var all = await reader.ListAccounts(null, 0, 1_000, newestFirst);
        Assert.Equal(8, all.Count(static account => !SystemAccountNumbers.IsSystem(account.Number)));
        Assert.Equal(all.Count, all.DistinctBy(static account => account.Number).Count());
        for (var limit = 1; limit <= all.Count; limit++)
        {
            var paged = new List<AccountRecord>();
            for (var after = 0L; paged.Count < all.Count; after = paged[^1].Number)
            {
                var page = await reader.ListAccounts(null, after, limit, newestFirst);
                Assert.Equal(Math.Min(limit, all.Count - paged.Count), page.Count);
                paged.AddRange(page);
            }

            Assert.Equal(all.Select(static account => account.Number), paged.Select(static account => account.Number));
        }
    }
}
