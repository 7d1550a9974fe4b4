using System.Net;
using System.Text.Json;
using Gateway.Tests.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Client;
using Ledger.Shards;

namespace Gateway.Tests.Fraud;

/// <summary>What an analyst's subscriber can rely on: each event once, in order, with its decision; and who else may not listen.</summary>
[Collection(GatewayCollection.Name)]
public sealed class FraudStreamTests(SharedServer shared)
{
    [Fact]
    public async Task Fifty_readers_at_three_hundred_payments_a_second_have_every_event_once_and_in_order()
    {
        await using var server = await GatewayServer.Start();
        using var bank = server.Api();
        using var analyst = server.Api(Keys.Analyst);
        var start = End(server);
        // Every tenth one's connection breaks again and again.
        var readers = Enumerable.Range(0, 50).Select(i => new FraudStreamSubscriber(server.Url, new(), breakEvery: i % 10 == 9 ? 100_000 : 0)).ToArray();
        await Task.WhenAll(readers.Select(static reader => reader.Connected));

        var sending = new List<Task<Answer>>();
        using (var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
            for (var i = 0; i < 1_800; i++)
            {
                if (i % 30 == 0)
                    await tick.WaitForNextTickAsync();
                sending.Add(bank.Post("/payments", SharedServer.Body($"sandbox_{i % 700 + 1:0000}", $"sandbox_{i % 300 + 701:0000}", "0.01"), $"k-{i}"));
            }

        foreach (var answer in await Task.WhenAll(sending))
            answer.Is(HttpStatusCode.Created);
        var expected = await Log(analyst, start);
        Assert.Equal(1_800, expected.Count(static each => each.Type == "payment.settled"));
        foreach (var reader in readers)
            AssertSame(expected, await reader.Events(expected.Count));
        Assert.All(readers.Where((_, i) => i % 10 == 9), static reader => Assert.True(reader.Connections > 5, $"It was connected {reader.Connections} times."));
        Assert.All(readers.Where((_, i) => i % 10 != 9), static reader => Assert.Equal((1, 0), (reader.Connections, reader.TooSlow)));
        foreach (var reader in readers)
            reader.Dispose();
    }

    [Fact]
    public async Task Readers_that_do_not_read_are_told_and_lose_nothing_by_coming_back()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Gateway:StreamMaxLag", "500"));
        using var bank = server.Api();
        using var analyst = server.Api(Keys.Analyst);
        var start = End(server);
        var pause = new TaskCompletionSource();
        var readers = Enumerable.Range(0, 3).Select(_ => new FraudStreamSubscriber(server.Url, new(), pause: pause.Task)).ToArray();
        await Task.WhenAll(readers.Select(static reader => reader.Connected));
        await Batches(bank, 25);
        pause.SetResult();
        foreach (var reader in readers)
            await reader.Told;
        var expected = await Log(analyst, start);
        Assert.Equal(25_000, expected.Count);
        foreach (var reader in readers)
        {
            AssertSame(expected, await reader.Events(expected.Count));
            Assert.True(reader.Connections > 1);
            reader.Dispose();
        }
    }

    [Fact]
    public async Task A_reader_resumes_from_any_past_cursor()
    {
        await using var server = await GatewayServer.Start();
        using var bank = server.Api();
        using var analyst = server.Api(Keys.Analyst);
        List<(string Source, long Position, string Type)> all;
        using (var first = new FraudStreamSubscriber(server.Url, new(), after: "0"))
        {
            await first.Connected;
            // More than is kept in memory while somebody listens, so that some cursors are of the log alone and some of both.
            await Batches(bank, 6);
            all = await Log(analyst, "0");
            var seen = await first.Events(all.Count);
            AssertSame(all, seen);
            foreach (var from in new[] { 0, 1, 1_700, 1_999, 2_000, 4_500, seen.Length - 2 })
            {
                using var resumed = new FraudStreamSubscriber(server.Url, new(), seen[from].Cursor);
                AssertSame([.. seen.Skip(from + 1).Select(Place)], await resumed.Events(seen.Length - from - 1));
                // The client leaves out what comes again; the server sends nothing again.
                using var raw = await SseReader.Open(analyst, lastEventId: seen[from].Cursor, path: "/fraud/stream");
                var told = new List<(string Source, long Position, string Type)>();
                for (var more = Math.Min(300, seen.Length - from - 1); more > 0; more--)
                    told.Add(Place((await raw.Event()).Event));
                Assert.Equal(seen.Skip(from + 1).Take(told.Count).Select(Place), told);
            }
        }

        // Nobody listens meanwhile: the tail begins anew.
        await Batches(bank, 1, "later");
        using var again = new FraudStreamSubscriber(server.Url, new(), after: "0");
        AssertSame(await Log(analyst, "0"), await again.Events(all.Count + 1_000));
    }

    [Fact]
    public async Task A_payment_comes_with_its_decision_and_what_becomes_of_it()
    {
        var (payer, creditor) = (await shared.Account("1000.00", shard: 0), await shared.Account("0", shard: 0));
        using var reader = new FraudStreamSubscriber(shared.Server.Url, new FraudStreamQuery { Account = payer });
        await reader.Connected;
        var paid = await shared.Pay(payer, creditor, "10.00", more: HeldPaymentTests.NewYork);
        var held = await shared.Pay(payer, creditor, "150.00", more: HeldPaymentTests.London);
        Assert.Equal("held", held["status"]);
        var opened = (await shared.Analyst.Get("/fraud/cases?paymentId=" + held["id"])).Json.GetProperty("data")[0];
        (await shared.Analyst.Post($"/fraud/cases/{opened.GetProperty("id").GetString()}/approve", """{"version":1}""", shared.Name("act"))).Is(HttpStatusCode.OK);

        var events = await reader.Events(6);
        Assert.Equal(
            ["payment.settled", "payment.held", "fraud.case_opened", "fraud.case_closed", "payment.released", "payment.settled"],
            events.Select(static each => each.Type));
        Assert.Equal((paid["id"], RiskOutcome.Approve), (events[0].Subject, events[0].Outcome));
        Assert.Equal((held["id"], RiskOutcome.Review, true), (events[1].Subject, events[1].Outcome, events[1].Score >= 50));
        Assert.Contains("impossible_travel", events[1].Rules);
        Assert.All(events.Skip(2), static each => Assert.Null(each.Outcome));
        var data = events[1].Envelope.GetProperty("data");
        Assert.Equal(("150.00", payer, "London"), (data.GetProperty("amount").GetString(), data.GetProperty("debtorAccount").GetString(), data.GetProperty("location").GetProperty("name").GetString()));
        var decision = (await shared.Analyst.Get("/fraud/decisions/" + held["id"])).Is(HttpStatusCode.OK).Json;
        Assert.Equal(decision.GetProperty("reasons").GetRawText(), data.GetProperty("risk").GetProperty("reasons").GetRawText());
        // The bank's own stream says nothing of it.
        var told = (await shared.Bank.Get("/events?limit=1000&subject=" + held["id"])).Is(HttpStatusCode.OK);
        Assert.DoesNotContain("risk", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_hold_together()
    {
        var (payer, other, creditor) = (await shared.Account("1000.00", shard: 0), await shared.Account("1000.00", shard: 0), await shared.Account("0", shard: 0));
        var start = End(shared.Server);
        var paid = await shared.Pay(payer, creditor, "10.00", more: HeldPaymentTests.NewYork);
        var held = await shared.Pay(payer, creditor, "150.00", more: HeldPaymentTests.London);
        var others = await shared.Pay(other, creditor, "1.00");
        var score = (await shared.Analyst.Get("/fraud/decisions/" + held["id"])).Json.GetProperty("score").GetInt32();
        (FraudStreamQuery Query, string[] Subjects)[] expected =
        [
            (new() { Account = creditor }, [paid["id"], held["id"], others["id"]]),
            (new() { Account = payer, Type = "payment.settled" }, [paid["id"]]),
            (new() { Account = creditor, Outcome = RiskOutcome.Review }, [held["id"]]),
            (new() { Account = creditor, Outcome = RiskOutcome.Approve }, [paid["id"], others["id"]]),
            (new() { Account = creditor, MinScore = score }, [held["id"]]),
            (new() { Account = creditor, MinScore = score + 1 }, []),
            (new() { Account = creditor, Rule = "impossible_travel" }, [held["id"]]),
            (new() { Account = other, Rule = "impossible_travel" }, []),
            (new() { Subject = held["id"], Outcome = RiskOutcome.Decline }, []),
            (new() { Subject = held["id"] }, [held["id"]]),
        ];
        var last = (await shared.Pay(other, payer, "0.01"))["id"];
        foreach (var (query, subjects) in expected)
        {
            using var reader = new FraudStreamSubscriber(shared.Server.Url, query, start);
            // The payment after them all tells where what is not to come would have come; another reader sees it.
            using var whole = new FraudStreamSubscriber(shared.Server.Url, new() { Subject = last }, start);
            await whole.Events(1);
            var seen = (await reader.Events(subjects.Length)).Where(each => each.Type.StartsWith("payment.", StringComparison.Ordinal) && each.Subject != last);
            Assert.Equal(subjects.Order(StringComparer.Ordinal), seen.Select(static each => each.Subject).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("type=account.opened", "type")]
    [InlineData("type=payment.nonsense", "type")]
    [InlineData("outcome=maybe", "outcome")]
    [InlineData("minScore=101", "minScore")]
    [InlineData("minScore=-1", "minScore")]
    [InlineData("rule=No%20Rule", "rule")]
    [InlineData("account=%2F", "account")]
    [InlineData("after=x", "after")]
    [InlineData("limit=1", "limit")]
    public async Task A_filter_that_it_does_not_know_is_refused(string query, string field) =>
        Assert.Equal([field], (await shared.Analyst.Get("/fraud/stream?" + query)).IsProblem(422, "invalid_fields").Fields);

    [Fact]
    public async Task Only_analysts_listen()
    {
        (await shared.Bank.Get("/fraud/stream")).IsProblem(403, "role_not_allowed");
        using var merchant = shared.Server.Api(Keys.Merchant);
        (await merchant.Get("/fraud/stream")).IsProblem(403, "role_not_allowed");
        using var nobody = shared.Server.Api(key: null);
        (await nobody.Get("/fraud/stream")).IsProblem(401, "unauthenticated");
        using var http = new HttpClient { BaseAddress = shared.Server.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Keys.Bank);
        var refused = await Assert.ThrowsAsync<FraudStreamRefusedException>(async () => await new FraudStreamClient(http, TimeProvider.System).Read(new()).GetAsyncEnumerator().MoveNextAsync());
        Assert.Equal(403, refused.Status);
    }

    [Fact]
    public async Task A_silent_stream_shows_signs_of_life_and_ends_with_the_server()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Gateway:StreamPingSeconds", "1"));
        using var analyst = server.Api(Keys.Analyst);
        using var stream = await SseReader.Open(analyst, path: "/fraud/stream");
        Assert.Equal(["retry: 2000"], (await stream.Frame())!);
        Assert.Equal([": ping"], (await stream.Frame())!);
        var stopping = server.StopListening();
        while (await stream.Frame() is { } frame)
            Assert.Equal([": ping"], frame);
        await stopping.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static string End(GatewayServer server) => ((LedgerShards)server.Services.GetService(typeof(LedgerShards))!).End.ToString();

    private static async Task Batches(Api bank, int count, string prefix = "b")
    {
        var text = new string('x', 140);
        for (var i = 0; i < count; i++)
            (await bank.Post("/payments/batch", $"[{string.Join(",", Enumerable.Range(0, 1_000).Select(j => SharedServer.Body("123456789", "987654321", "0.01", $",\"remittanceInfo\":\"{text}\",\"idempotencyKey\":\"{prefix}-{i}-{j}\"")))}]")).Is(HttpStatusCode.OK);
    }

    /// <summary>What the log has after a cursor, of payments and of fraud: the truth that a stream is held against.</summary>
    private static async Task<List<(string Source, long Position, string Type)>> Log(Api analyst, string after)
    {
        var found = new List<(string Source, long Position, string Type)>();
        for (var more = true; more;)
        {
            var page = (await analyst.Get($"/events?limit=1000&after={after}")).Is(HttpStatusCode.OK).Json;
            found.AddRange(page.GetProperty("data").EnumerateArray().Select(Place).Where(static each => each.Type.StartsWith("payment.", StringComparison.Ordinal) || each.Type.StartsWith("fraud.", StringComparison.Ordinal)));
            (after, more) = (page.GetProperty("next").GetString()!, page.GetProperty("hasMore").GetBoolean());
        }

        return found;
    }

    private static void AssertSame(List<(string Source, long Position, string Type)> expected, IReadOnlyList<FraudEvent> seen)
    {
        // Order is of a shard.
        var (wanted, got) = (expected.ToLookup(static each => each.Source), seen.Select(Place).ToLookup(static each => each.Source));
        Assert.Equal(wanted.Select(static shard => shard.Key).Order(StringComparer.Ordinal), got.Select(static shard => shard.Key).Order(StringComparer.Ordinal));
        foreach (var shard in wanted)
            Assert.Equal(shard, got[shard.Key]);
    }

    private static (string Source, long Position, string Type) Place(FraudEvent fraudEvent) => (fraudEvent.Source, fraudEvent.Position, fraudEvent.Type);

    private static (string Source, long Position, string Type) Place(JsonElement envelope) =>
        (envelope.GetProperty("source").GetString()!, long.Parse(envelope.GetProperty("position").GetString()!), envelope.GetProperty("type").GetString()!);
}
