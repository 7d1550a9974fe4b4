using Ledger.Shards;

namespace Gateway.Tests.Events;

[Collection(GatewayCollection.Name)]
public sealed class StreamTests(SharedServer shared)
{
    [Fact]
    public async Task A_stream_starts_now_and_shows_what_comes()
    {
        var (debtor, creditor) = (await shared.Account("100.00", shard: 0), await shared.Account("0", shard: 0));
        using var stream = await SseReader.Open(shared.Bank);
        Assert.Equal(["retry: 2000"], (await stream.Frame())!);
        var payment = await shared.Pay(debtor, creditor, "1.00");
        var (id, shown) = await stream.Event();
        Assert.Equal(("payment.settled", payment["id"]), (shown.GetProperty("type").GetString(), shown.GetProperty("subject").GetString()));
        Assert.True(LogCursor.TryParse(id, Math.Max(1, TestLedger.Shards), out var cursor));
        Assert.Equal(cursor[0].ToString(), shown.GetProperty("position").GetString());
    }

    [Fact]
    public async Task A_stream_resumes_without_gap_or_double()
    {
        var debtor = await shared.Account("100.00");
        var ids = new List<string>();
        string last;
        using (var first = await SseReader.Open(shared.Bank, "?type=payment.settled"))
        {
            await first.Frame();
            for (var i = 0; i < 5; i++)
                ids.Add((await shared.Pay(debtor, "987654321", "1.00"))["id"]);
            var seen = await first.Event();
            Assert.Equal(ids[0], seen.Event.GetProperty("subject").GetString());
            last = seen.Id;
        }

        foreach (var (query, header) in new[] { ("?type=payment.settled", last), ($"?type=payment.settled&after={last}", null), ("?type=payment.settled&after=0", last) })
        {
            using var resumed = await SseReader.Open(shared.Bank, query, header);
            foreach (var id in ids.Skip(1))
                Assert.Equal(id, (await resumed.Event()).Event.GetProperty("subject").GetString());
        }
    }

    [Fact]
    public async Task The_beginning_is_after_zero_and_a_bad_cursor_is_refused()
    {
        using var stream = await SseReader.Open(shared.Analyst, "?after=0");
        var shards = Math.Max(1, TestLedger.Shards);
        Assert.True(LogCursor.TryParse((await stream.Event()).Id, shards, out var first));
        Assert.Equal(1, LogCursor.Start(shards).Behind(first));
        foreach (var foreign in new[] { "x", "-1", "1.2.3", "9223372036854775807" })
            Assert.Equal(["after"], (await shared.Bank.Get("/events/stream?after=" + foreign)).IsProblem(422, "invalid_fields").Fields);
    }

    [Fact]
    public async Task A_silent_stream_shows_signs_of_life_and_ends_with_the_server()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Gateway:StreamPingSeconds", "1"));
        using var api = server.Api();
        using var stream = await SseReader.Open(api);
        Assert.Equal(["retry: 2000"], (await stream.Frame())!);
        Assert.Equal([": ping"], (await stream.Frame())!);
        var stopping = server.StopListening();
        while (await stream.Frame() is { } frame)
            Assert.Equal([": ping"], frame);
        await stopping.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_reader_that_falls_behind_is_told_and_loses_nothing_by_coming_back()
    {
        await using var server = await GatewayServer.Start(settings: ("Payments:Gateway:StreamMaxLag", "500"));
        using var api = server.Api();
        using var stream = await SseReader.Open(api);
        await stream.Frame();
        // Not read while far more comes than the connection's buffers hold.
        var text = new string('x', 140);
        for (var i = 0; i < 40; i++)
            (await api.Post("/payments/batch", $"[{string.Join(",", Enumerable.Range(0, 1_000).Select(j => SharedServer.Body("123456789", "987654321", "0.01", $",\"remittanceInfo\":\"{text}\",\"idempotencyKey\":\"{i}-{j}\"")))}]")).Is(System.Net.HttpStatusCode.OK);
        var (count, last, told) = (0, "", false);
        while (await stream.Frame() is { } frame)
        {
            if (frame is [": too slow"])
                told = true;
            else if (frame.Length == 2)
                (count, last) = (count + 1, frame[0][4..]);
        }

        Assert.True(told, $"The stream ended after {count} events without a word.");
        Assert.InRange(count, 1, 39_999);
        using var resumed = await SseReader.Open(api, "", last);
        for (var i = count; i < 40_000; i++)
            last = (await resumed.Event()).Id;
        Assert.Equal(((Ledger.Shards.LedgerShards)server.Services.GetService(typeof(Ledger.Shards.LedgerShards))!).End.ToString(), last);
    }
}
