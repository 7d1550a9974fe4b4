using System.Net;

namespace Gateway.Tests.Fraud;

/// <summary>Block, allow, watch and VPN lists: in force with the next payment, until their time is over or they are taken off.</summary>
[Collection(GatewayCollection.Name)]
public sealed class ListTests(SharedServer shared)
{
    [Theory]
    [InlineData("account")]
    [InlineData("counterparty")]
    [InlineData("device")]
    [InlineData("ip")]
    public async Task What_is_blocked_is_refused_until_it_is_taken_off(string kind)
    {
        var (payer, creditor, device) = (await shared.Account("100.00", shard: 0), await shared.Account("0", shard: 0), shared.Name("device"));
        var address = $"2001:db8::{Random.Shared.Next(1, 65_535):x}";
        var value = kind switch { "account" => payer, "counterparty" => creditor, "device" => device, _ => address + "/128" };
        async Task<string> Pay() => (await shared.Pay(payer, creditor, "1.00", more: $$""","deviceId":"{{device}}","ipAddress":"{{address}}" """))["status"];
        Assert.Equal("settled", await Pay());
        var entry = (await Add("block", kind, value)).Is(HttpStatusCode.Created);
        Assert.Equal(($"/fraud/lists/block/entries/{entry["id"]}", value, "analyst"), (entry.Headers["Location"], entry["value"], entry["addedBy"]));
        Assert.Equal("rejected", await Pay());
        Assert.Contains(await Entries("block"), each => each == entry["id"]);
        Assert.Equal("analyst", (await Remove("block", entry["id"])).Is(HttpStatusCode.OK)["removedBy"]);
        Assert.Equal("settled", await Pay());
        Assert.DoesNotContain(await Entries("block"), each => each == entry["id"]);
        (await Remove("block", entry["id"])).IsProblem(404, "not_found");
        var events = (await shared.Analyst.Get("/events?limit=1000&subject=" + entry["id"])).Is(HttpStatusCode.OK);
        Assert.Equal([("fraud.list_changed", 1, "added"), ("fraud.list_changed", 2, "removed")], events.Json.GetProperty("data").EnumerateArray()
            .Select(static each => (each.GetProperty("type").GetString()!, each.GetProperty("version").GetInt32(), each.GetProperty("data").GetProperty("action").GetString()!)));
        Assert.DoesNotContain($"\"{value}\"", events.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_is_in_force_until_its_time_is_over()
    {
        // The clock is everybody's: a server of its own.
        await using var server = await GatewayServer.Start();
        using var bank = server.Api();
        using var analyst = server.Api(Keys.Analyst);
        async Task<string> Pay() => (await bank.Post("/payments", SharedServer.Body("sandbox_0001", "sandbox_0002", "1.00"))).Is(HttpStatusCode.Created)["status"];
        var body = $$"""{"kind":"account","value":"sandbox_0001","reason":"Until its owner calls back.","expiresAt":"{{DateTime.UtcNow.AddHours(1):yyyy-MM-ddTHH:mm:ss}}Z"}""";
        (await analyst.Post("/fraud/lists/block/entries", body)).Is(HttpStatusCode.Created);
        Assert.Equal("rejected", await Pay());
        (await bank.Post("/sandbox/clock/advance", """{"seconds":3500}""")).Is(HttpStatusCode.OK);
        Assert.Equal("rejected", await Pay());
        (await bank.Post("/sandbox/clock/advance", """{"seconds":101}""")).Is(HttpStatusCode.OK);
        Assert.Equal("settled", await Pay());
        // It is no duplicate of one that is over.
        Assert.Equal(["expiresAt"], (await analyst.Post("/fraud/lists/block/entries", body)).IsProblem(422, "invalid_fields").Fields);
        (await analyst.Post("/fraud/lists/block/entries", """{"kind":"account","value":"sandbox_0001","reason":"For good."}""")).Is(HttpStatusCode.Created);
        Assert.Equal("rejected", await Pay());
    }

    [Fact]
    public async Task Who_is_watched_is_held_and_who_is_allowed_is_not()
    {
        var (payer, creditor) = (await shared.Account("100.00", shard: 0), await shared.Account("0", shard: 0));
        var watched = (await Add("watch", "account", payer)).Is(HttpStatusCode.Created);
        Assert.Equal("held", (await shared.Pay(payer, creditor, "1.00"))["status"]);
        (await Add("allow", "account", payer)).Is(HttpStatusCode.Created);
        Assert.Equal("settled", (await shared.Pay(payer, creditor, "1.00"))["status"]);
        Assert.DoesNotContain(await Entries("block"), each => each == watched["id"]);
    }

    [Fact]
    public async Task A_place_behind_a_VPN_is_no_place()
    {
        var (payer, creditor) = (await shared.Account("100.00", shard: 0), await shared.Account("0", shard: 0));
        (await Add("vpn", "ip", "198.51.100.0/25")).Is(HttpStatusCode.Created);
        await shared.Pay(payer, creditor, "1.00", more: HeldPaymentTests.NewYork);
        Assert.Equal("settled", (await shared.Pay(payer, creditor, "1.00", more: HeldPaymentTests.London + ""","ipAddress":"198.51.100.7" """))["status"]);
    }

    [Fact]
    public async Task The_same_entry_is_put_on_once()
    {
        var (key, value) = (shared.Name("key"), shared.Name("device"));
        var body = $$"""{"kind":"device","value":"{{value}}","reason":"Seen before."}""";
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => shared.Analyst.Post("/fraud/lists/watch/entries", body, key)));
        Assert.All(answers, answer => Assert.Equal(answers[0].Text, answer.Is(HttpStatusCode.Created).Text));
        Assert.Equal(5, answers.Count(static answer => answer.IsReplay));
        Assert.Equal(answers[0]["id"], (await shared.Analyst.Post("/fraud/lists/watch/entries", body, shared.Name("key"))).IsProblem(409, "list_entry_exists")["entryId"]);
        (await shared.Analyst.Post("/fraud/lists/block/entries", body, shared.Name("key"))).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Entries_are_read_by_page_newest_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await Add("vpn", "ip", $"2001:db8:1::{i + 1}")).Is(HttpStatusCode.Created)["id"]);
        ids.Reverse();
        var (read, after) = (new List<string>(), "");
        for (var page = (await shared.Analyst.Get("/fraud/lists/vpn/entries?limit=2")).Is(HttpStatusCode.OK); ; page = (await shared.Analyst.Get("/fraud/lists/vpn/entries?limit=2&after=" + after)).Is(HttpStatusCode.OK))
        {
            read.AddRange(page.Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("id").GetString()!));
            if (!page.Json.GetProperty("hasMore").GetBoolean())
                break;
            after = page["next"];
        }

        Assert.Equal(ids, read.Where(ids.Contains));
        Assert.Equal(read.Distinct(), read);
    }

    [Theory]
    [InlineData("block", """{"value":"a","reason":"r"}""", "kind")]
    [InlineData("block", """{"kind":"person","value":"a","reason":"r"}""", "kind")]
    [InlineData("block", """{"kind":"account","reason":"r"}""", "value")]
    [InlineData("block", """{"kind":"account","value":"a"}""", "reason")]
    [InlineData("block", """{"kind":"ip","value":"192.0.2.1/24","reason":"r"}""", "value")]
    [InlineData("block", """{"kind":"ip","value":"10.1","reason":"r"}""", "value")]
    [InlineData("block", """{"kind":"ip","value":"192.0.2.0/33","reason":"r"}""", "value")]
    [InlineData("vpn", """{"kind":"ip","value":"somewhere","reason":"r"}""", "value")]
    [InlineData("block", """{"kind":"account","value":"a","reason":"r","expiresAt":"tomorrow"}""", "expiresAt")]
    [InlineData("block", """{"kind":"account","value":"a","reason":"r","expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    public async Task Bad_input_names_the_field(string list, string body, string field) =>
        Assert.Equal([field], (await shared.Analyst.Post($"/fraud/lists/{list}/entries", body)).IsProblem(422, "invalid_fields").Fields);

    [Fact]
    public async Task Card_numbers_are_on_no_list_and_only_analysts_see_them()
    {
        (await Add("block", "card", "4242424242424242")).IsProblem(422, "card_number_not_accepted");
        (await Add("grey", "account", "a")).IsProblem(404, "not_found");
        (await Remove("block", "entry_0")).IsProblem(404, "not_found");
        (await shared.Bank.Get("/fraud/lists/block/entries")).IsProblem(403, "role_not_allowed");
        (await shared.Bank.Post("/fraud/lists/block/entries", """{"kind":"account","value":"a","reason":"r"}""")).IsProblem(403, "role_not_allowed");
    }

    private Task<Answer> Add(string list, string kind, string value) => shared.Analyst.Post($"/fraud/lists/{list}/entries", $$"""{"kind":"{{kind}}","value":"{{value}}","reason":"A test."}""", shared.Name("key"));

    private Task<Answer> Remove(string list, string id) => shared.Analyst.Send(HttpMethod.Delete, $"/fraud/lists/{list}/entries/{id}");

    private async Task<List<string>> Entries(string list) => [.. (await shared.Analyst.Get($"/fraud/lists/{list}/entries?limit=1000")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static each => each.GetProperty("id").GetString()!)];
}
