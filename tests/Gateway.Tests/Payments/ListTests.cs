using System.Net;
using Ledger.Shards;

namespace Gateway.Tests.Payments;

[Collection(GatewayCollection.Name)]
public sealed class ListTests(SharedServer shared)
{
    [Fact]
    public async Task Filters_find_what_they_say()
    {
        var (debtor, creditor) = (await shared.Account("100.00"), await shared.Account("0"));
        var key = shared.Name("find");
        var one = await shared.Pay(debtor, creditor, "10.00", key, ""","endToEndId":"E2E-ONE","uetr":"0b8f0f3e-6c0e-4a53-9e3e-0d8d5c1f2a77" """);
        var two = await shared.Pay(debtor, "987654321", "20.00");
        var three = await shared.Pay(creditor, debtor, "5.00");
        var four = await shared.Pay(debtor, creditor, "1000.00");
        var (a, b, c, d) = (one["id"], two["id"], three["id"], four["id"]);
        await Finds("account=" + debtor, d, c, b, a);
        await Finds("debtorAccount=" + debtor, d, b, a);
        await Finds("creditorAccount=" + debtor, c);
        await Finds($"debtorAccount={debtor}&creditorAccount={creditor}", d, a);
        await Finds($"account={debtor}&status=rejected", d);
        await Finds($"account={debtor}&status=settled", c, b, a);
        await Finds($"account={debtor}&status=pending");
        await Finds($"account={debtor}&minAmount=10&maxAmount=20.00", b, a);
        await Finds("idempotencyKey=" + key, a);
        await Finds("endToEndId=E2E-ONE", a);
        await Finds("endToEndId=" + b, b);
        await Finds("uetr=0b8f0f3e-6c0e-4a53-9e3e-0d8d5c1f2a77", a);
        await Finds("uetr=" + two["uetr"], b);
        await Finds("uetr=" + Guid.NewGuid());
        await Finds($"idempotencyKey={key}&debtorAccount=987654321");
        await Finds("account=nobody");
        await Finds($"account={debtor}&createdFrom={one["createdAt"]}", d, c, b, a);
        await Finds($"account={debtor}&createdTo={one["createdAt"]}");
        await Finds($"account={debtor}&createdFrom=2100-01-01T00:00:00Z");
        await Finds($"account={debtor}&createdTo=2000-01-01T00:00:00%2B01:00");
        await Finds("createdTo=2000-01-01T00:00:00Z");
    }

    [Fact]
    public async Task Pages_join_without_gap_or_double()
    {
        var debtor = await shared.Account("100.00");
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
            ids.Insert(0, (await shared.Pay(debtor, "987654321", "1.00"))["id"]);
        foreach (var filter in new[] { "account=" + debtor, $"minAmount=1&debtorAccount={debtor}&limit=3", $"account={debtor}&limit=7", $"account={debtor}&limit=1" })
            Assert.Equal(ids, await All("/payments?" + filter));
        var unfiltered = await All("/payments?limit=1000");
        Assert.Equal(ids, unfiltered.Where(ids.Contains));
        Assert.Equal(unfiltered.Count, unfiltered.Distinct().Count());
    }

    [Fact]
    public async Task A_journey_tells_what_the_log_knows()
    {
        var (debtor, creditor) = (await shared.Account("100.00", shard: 0), await shared.Account("0", shard: 0));
        var payment = await shared.Pay(debtor, creditor, "10.00");
        var returned = (await shared.Bank.Post($"/payments/{payment["id"]}/return", """{"amount":"4.00","reason":"CUST"}""")).Is(HttpStatusCode.Created);
        var journey = (await shared.Bank.Get($"/payments/{payment["id"]}/journey")).Is(HttpStatusCode.OK);
        Assert.Equal((payment["id"], "settled"), (journey["paymentId"], journey["status"]));
        var steps = journey.Json.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(["payment.decided", "payment.committed", "payment.settled", "payment.returned"], steps.Select(static step => step.GetProperty("type").GetString()!));
        Assert.Equal(payment["createdAt"], steps[2].GetProperty("at").GetString());
        Assert.Equal(
            $$"""[{"account":"{{debtor}}","direction":"debit","amount":"10.00","currency":"USD","balanceAfter":"90.00"},{"account":"{{creditor}}","direction":"credit","amount":"10.00","currency":"USD","balanceAfter":"10.00"}]""",
            steps[2].GetProperty("legs").GetRawText());
        Assert.Contains(returned["id"], steps[3].GetProperty("detail").GetString());
        var back = (await shared.Bank.Get($"/payments/{returned["id"]}/journey")).Is(HttpStatusCode.OK).Json.GetProperty("steps")[0];
        Assert.Contains(payment["id"], back.GetProperty("detail").GetString());
        (await shared.Bank.Get("/payments/pay_nothing/journey")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_cursor_that_is_not_of_the_list_is_refused_and_changes_nothing()
    {
        var (debtor, creditor, other) = (await shared.Account("100.00"), await shared.Account("0"), await shared.Account("5.00"));
        var key = shared.Name("cursor");
        await shared.Pay(debtor, creditor, "1.00", key);
        await shared.Pay(debtor, creditor, "1.00");
        await shared.Pay(other, "987654321", "1.00");
        using var merchant = shared.Server.Api(Keys.Merchant);
        var shards = (LedgerShards)shared.Server.Services.GetService(typeof(LedgerShards))!;
        var before = shards.End.ToString();
        var foreign = (await shared.Bank.Get($"/accounts/{other}/entries?limit=1")).Is(HttpStatusCode.OK)["next"];
        string[] unreadable = ["", "x", "-1", "+1", "1e3", "1.2.3", "0x10", "%00", "9223372036854775807", "99999999999999999999", "pay_00000000000000000000000000"];
        string[] ofAccounts = [$"/accounts/{debtor}/entries?limit=1", $"/payments?account={debtor}&limit=1", $"/payments?debtorAccount={debtor}", $"/payments?creditorAccount={creditor}&status=settled"];
        foreach (var list in ofAccounts.Append($"/payments?idempotencyKey={key}"))
            foreach (var cursor in unreadable.Concat(["1", "99", "72057594037927937", foreign]))
                await Refused(shared.Bank, $"{list}&after={cursor}");
        foreach (var list in new[] { "/payments?limit=1", "/accounts?limit=1", "/events?limit=1", "/events?subject=" + debtor })
            foreach (var cursor in unreadable)
                await Refused(shared.Bank, $"{list}&after={cursor}");
        foreach (var list in new[] { "/requests?limit=1", "/webhooks/deliveries?limit=1", "/webhooks/dead-letters?limit=1" })
            foreach (var cursor in unreadable)
                await Refused(merchant, $"{list}&after={cursor}");
        // The ways to payments have cursors of their own, too.
        if (shards.Count > 1)
        {
            await Refused(shared.Bank, "/payments?limit=1&after=" + foreign);
            await Refused(shared.Bank, $"/payments?account={debtor}&after={(await shared.Bank.Get("/payments?limit=1"))["next"]}");
        }

        foreach (var list in ofAccounts.Take(2))
            Assert.Equal((await shared.Bank.Get(list)).Text, (await shared.Bank.Get(list + "&after=0")).Is(HttpStatusCode.OK).Text);
        Assert.Equal(before, shards.End.ToString());

        static async Task Refused(Api api, string path)
        {
            var answer = await api.Get(path);
            Assert.True(answer.Status == HttpStatusCode.UnprocessableEntity, $"{path}: {answer.Text}");
            Assert.Equal(["after"], answer.IsProblem(422, "invalid_fields").Fields);
        }
    }

    private async Task Finds(string filter, params string[] ids)
    {
        var found = (await shared.Bank.Get("/payments?" + filter)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static payment => payment.GetProperty("id").GetString()!).ToArray();
        Assert.True(ids.SequenceEqual(found), $"{filter}: {string.Join(" ", found)} instead of {string.Join(" ", ids)}");
    }

    private async Task<List<string>> All(string path)
    {
        var ids = new List<string>();
        string? next = null;
        while (true)
        {
            var page = (await shared.Bank.Get(next is null ? path : $"{path}&after={next}")).Is(HttpStatusCode.OK).Json;
            ids.AddRange(page.GetProperty("data").EnumerateArray().Select(static payment => payment.GetProperty("id").GetString()!));
            if (!page.GetProperty("hasMore").GetBoolean())
                return ids;
            next = page.GetProperty("next").GetString();
        }
    }
}
