using System.Text.Json;

namespace Checkout.Tests;

/// <summary>Lists are whole, however many objects a merchant has and however few of them are asked for.</summary>
public sealed class LongListTests
{
    private const int Many = 5_200;

    [Fact]
    public async Task What_few_have_is_found_among_thousands()
    {
        await using var product = await ProductProcess.Start();
        using var api = new MerchantApi(product.Url);
        var old = new List<string>();
        for (var i = 0; i < 3; i++)
            old.Insert(0, (await api.Post("/v1/customers", $"email=old{i}@shop.example")).Ok()["id"]);
        var at = (await api.Get("/v1/customers/" + old[0])).Json.GetProperty("created").GetInt64();
        (await api.PostJson("/sandbox/clock/advance", """{"seconds":86400}""")).Ok();
        await Parallel.ForEachAsync(Enumerable.Range(0, Many), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) => (await api.Post("/v1/customers", "name=n" + i)).Ok());

        // By time: those of the first day, and all the others.
        var first = (await api.Get($"/v1/customers?created[lte]={at + 1000}")).Ok().Json;
        Assert.Equal(old, Ids(first));
        Assert.False(first.GetProperty("has_more").GetBoolean());
        Assert.Equal(old[1..], Ids((await api.Get($"/v1/customers?created[lte]={at + 1000}&starting_after={old[0]}")).Ok().Json));
        Assert.Equal(Many, (await All(api, $"created[gt]={at + 1000}")).Distinct().Count());
        Assert.Equal(Many + 3, (await All(api, "")).Distinct().Count());
        Assert.Empty(Ids((await api.Get($"/v1/customers?created[lt]={at - 1000}")).Ok().Json));
        Assert.Equal(3, (await api.Get($"/v1/events?type=customer.created&created[lte]={at + 1000}")).Ok().Json.GetProperty("data").GetArrayLength());

        // By what no index has.
        var byEmail = (await api.Get("/v1/customers?email=old1@shop.example")).Ok().Json;
        Assert.Equal([old[1]], Ids(byEmail));
        Assert.False(byEmail.GetProperty("has_more").GetBoolean());
        var page = (await api.Get("/v1/customers/search?limit=2&query=" + Uri.EscapeDataString("email~\"old\""))).Ok().Json;
        Assert.Equal(old[..2], Ids(page));
        Assert.True(page.GetProperty("has_more").GetBoolean());
        var rest = (await api.Get($"/v1/customers/search?limit=2&page={page.GetProperty("next_page").GetString()}&query=" + Uri.EscapeDataString("email~\"old\""))).Ok().Json;
        Assert.Equal([old[2]], Ids(rest));
        Assert.False(rest.GetProperty("has_more").GetBoolean());
    }

    private static async Task<List<string>> All(MerchantApi api, string filter)
    {
        var ids = new List<string>();
        while (true)
        {
            var page = (await api.Get($"/v1/customers?limit=100&{filter}{(ids.Count == 0 ? "" : "&starting_after=" + ids[^1])}")).Ok().Json;
            ids.AddRange(Ids(page));
            if (!page.GetProperty("has_more").GetBoolean())
                return ids;
        }
    }

    private static List<string> Ids(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(static shown => shown.GetProperty("id").GetString()!)];
}
