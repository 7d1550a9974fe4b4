using Ledger.Postgres;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>Two processes write one log, each from ids of its own and by a clock of its own: read by time, nothing is left out.</summary>
public sealed class RowsInTimeTests : IDisposable
{
    private readonly string database = MigratedDatabase.New();
    private readonly PostgresStore[] stores;
    private readonly JournalDraft[] drafts;

    public RowsInTimeTests()
    {
        stores = [New(), New()];
        drafts = [.. stores.Select(static store => new JournalDraft(store))];
        for (var owner = 0; owner < 2; owner++)
            Assert.Equal([Refusal.None, Refusal.None, Refusal.None], (Refusal[])[.. drafts[owner].CommitAll(drafts[owner].Open($"A{owner}"), drafts[owner].Open($"B{owner}")), drafts[owner].Commit(drafts[owner].Fund($"A{owner}", 1_000_000))]);
    }

    private ILedgerReader Reader => stores[0].Reader;

    public void Dispose()
    {
        foreach (var store in stores)
            store.Dispose();
        TestPostgres.Shared.Drop(database);
    }

    [Fact]
    public async Task Pages_go_by_time_whoever_wrote_the_rows_and_whichever_way_their_clocks_go()
    {
        const long Day = 86_400_000;
        // By turns, with hours between; the second one's clock is ahead, then behind; what the first one's commit waited for comes late.
        for (var turn = 1; turn <= 12; turn++)
        {
            Pay(0, turn * Day);
            Pay(1, (turn * Day) + (turn % 2 == 0 ? 7_200_000 : -7_200_000));
            if (turn % 3 == 0)
                Pay(0, (turn - 2) * Day);
        }

        var all = await Rows(0, long.MaxValue, page: 1_000);
        Assert.Equal(28 + 6, all.Count);
        Assert.Equal(all.OrderByDescending(static row => row.TimeMs).ThenByDescending(static row => row.Id).Select(static row => row.Id), all.Select(static row => row.Id));
        foreach (var page in new[] { 1, 3, 7 })
            Assert.Equal(all.Select(static row => row.Id), (await Rows(0, long.MaxValue, page)).Select(static row => row.Id));
        foreach (var (from, to) in new[] { (Day, 2 * Day), ((3 * Day) - 7_200_000, (3 * Day) - 7_199_999), (0L, Day), (5 * Day, long.MaxValue), (40 * Day, 50 * Day), (7, 7) })
            Assert.Equal(all.Where(row => row.TimeMs >= from && row.TimeMs < to).Select(static row => row.Id), (await Rows(from, to, page: 2)).Select(static row => row.Id));
        Assert.Empty(await Reader.RowsBefore(123, 10));
    }

    [Fact]
    public async Task Many_rows_of_one_moment_and_of_many_are_read_to_the_end()
    {
        const int OfOneMoment = 4_200, Others = 5_000;
        foreach (var draft in drafts)
            draft.NowMs = 500_000;
        for (var batch = 0; batch < OfOneMoment / 600; batch++)
            Assert.All(drafts[batch % 2].CommitAll([.. Enumerable.Range(0, 600).Select(_ => drafts[batch % 2].Pay($"A{batch % 2}", $"B{batch % 2}", 1))]), static refusal => Assert.Equal(Refusal.None, refusal));
        for (var batch = 0; batch < Others / 1_000; batch++)
            Assert.All(drafts[batch % 2].CommitAll([.. Enumerable.Range(0, 1_000).Select(number => Draft(batch % 2, 500_001 + ((((batch * 1_000) + number) % 17) * 1_000)))]), static refusal => Assert.Equal(Refusal.None, refusal));
        foreach (var (from, to, count) in new[] { (0L, long.MaxValue, OfOneMoment + Others + 6), (500_000, 500_001, OfOneMoment), (500_001, long.MaxValue, Others), (0, 500_000, 6) })
        {
            var rows = await Rows(from, to, page: 777);
            Assert.Equal(count, rows.Count);
            Assert.Equal(rows.OrderByDescending(static row => row.TimeMs).ThenByDescending(static row => row.Id).Select(static row => row.Id), rows.Select(static row => row.Id));
        }
    }

    private JournalEntry Draft(int owner, long timeMs)
    {
        drafts[owner].NowMs = timeMs;
        return drafts[owner].Pay($"A{owner}", $"B{owner}", 1);
    }

    private void Pay(int owner, long timeMs) => Assert.Equal(Refusal.None, drafts[owner].Commit(Draft(owner, timeMs)));

    private async Task<List<LogRow>> Rows(long fromMs, long toMs, int page)
    {
        var all = new List<LogRow>();
        while (true)
        {
            var rows = await Reader.RowsBefore(all.Count == 0 ? 0 : all[^1].Id, page, fromMs, toMs);
            all.AddRange(rows);
            if (rows.Count < page)
                return all;
        }
    }

    private PostgresStore New() => new(PostgresSettings.Parse(database, isProduction: false), TimeProvider.System);
}
