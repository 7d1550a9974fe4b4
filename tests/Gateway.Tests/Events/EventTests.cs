using System.Net;
using Ledger;
using Ledger.Shards;

namespace Gateway.Tests.Events;

[Collection(GatewayCollection.Name)]
public sealed class EventTests(SharedServer shared)
{
    [Fact]
    public async Task Every_change_is_an_event_in_order()
    {
        var from = await Tail();
        var (debtor, creditor) = (await shared.Account("100.00", shard: 0), await shared.Account("0", shard: 0));
        var settled = await shared.Pay(debtor, creditor, "10.00", more: ""","remittanceInfo":"hello" """);
        var rejected = await shared.Pay(debtor, creditor, "1000.00");
        var returned = (await shared.Bank.Post($"/payments/{settled["id"]}/return", """{"amount":"1.00","reason":"CUST"}""")).Is(HttpStatusCode.Created);
        await shared.Bank.Post($"/accounts/{creditor}/freeze", "{}");
        await shared.Bank.Post($"/accounts/{creditor}/unfreeze", "{}");
        await shared.Bank.Put($"/accounts/{creditor}/limits", """{"perPayment":"1.00"}""");
        var page = (await shared.Bank.Get("/events?after=" + from)).Is(HttpStatusCode.OK).Json;
        var events = page.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(
            [
                ("account.opened", debtor, 1), ("account.funded", debtor, 2), ("account.opened", creditor, 1), ("payment.settled", settled["id"], 1), ("payment.rejected", rejected["id"], 1),
                ("payment.settled", returned["id"], 1), ("payment.returned", settled["id"], 2), ("account.frozen", creditor, 2), ("account.unfrozen", creditor, 3), ("account.limits_changed", creditor, 4),
            ],
            events.Select(static e => (e.GetProperty("type").GetString()!, e.GetProperty("subject").GetString()!, e.GetProperty("version").GetInt32())));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => from[0] + i), events.Select(static e => long.Parse(e.GetProperty("position").GetString()!)));
        Assert.All(events, static e => Assert.Equal(("1.0", "/shards/0"), (e.GetProperty("specversion").GetString(), e.GetProperty("source").GetString())));
        Assert.All(events, static e => Assert.Matches("^evt_[0-9a-z]{26}$", e.GetProperty("id").GetString()));
        Assert.Equal(settled.Text, events[3].GetProperty("data").GetRawText());
        Assert.Equal(returned["id"], events[6].GetProperty("data").GetProperty("returnedBy").GetString());
        var row = (await ((LedgerShards)shared.Server.Services.GetService(typeof(LedgerShards))!).Writers[0].Reader.RowsAfter(from[0] + 6, 1))[0];
        Assert.Equal(returned["id"], PaymentData.Decode(row.Data).ReturnedBy.ToString());
        Assert.Equal("frozen", events[7].GetProperty("data").GetProperty("status").GetString());
        Assert.Equal(At(from, 10), page.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Pages_filters_and_the_end()
    {
        var creditor = await shared.Account("0", shard: 0);
        var from = await Tail();
        var debtor = await shared.Account("100.00", shard: 0);
        var payment = await shared.Pay(debtor, creditor, "1.00");
        var end = At(from, 3);
        Assert.Equal((2, true, At(from, 2)), await Page($"after={from}&limit=2"));
        Assert.Equal((1, false, end), await Page($"after={At(from, 2)}&limit=2"));
        Assert.Equal((0, false, end), await Page("after=" + end));
        Assert.Equal((1, false, end), await Page($"after={from}&type=payment.settled"));
        Assert.Equal((2, false, end), await Page($"after={from}&subject={debtor}"));
        Assert.Equal((1, false, end), await Page($"after={from}&subject={payment["id"]}"));
        Assert.Equal((0, false, end), await Page($"after={from}&type=fraud.case_opened"));
        Assert.Equal(["type"], (await shared.Bank.Get("/events?type=payment.eaten")).IsProblem(422, "invalid_fields").Fields);

        async Task<(int Count, bool HasMore, string Next)> Page(string query)
        {
            var page = (await shared.Bank.Get("/events?" + query)).Is(HttpStatusCode.OK).Json;
            return (page.GetProperty("data").GetArrayLength(), page.GetProperty("hasMore").GetBoolean(), page.GetProperty("next").GetString()!);
        }
    }

    // So many rows further in the first shard's log.
    private static string At(LogCursor from, int rows) => from.With(0, from[0] + rows).ToString();

    private async Task<LogCursor> Tail()
    {
        var shards = ((LedgerShards)shared.Server.Services.GetService(typeof(LedgerShards))!).Count;
        var position = "0";
        while (true)
        {
            var page = (await shared.Analyst.Get($"/events?limit=1000&after={position}")).Is(HttpStatusCode.OK).Json;
            position = page.GetProperty("next").GetString()!;
            if (page.GetProperty("data").GetArrayLength() == 0)
                return LogCursor.TryParse(position, shards, out var cursor) ? cursor : throw new InvalidOperationException($"'{position}' is no cursor.");
        }
    }
}
