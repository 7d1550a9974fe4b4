using System.Net;
using System.Text.Json;
using Gateway.ConsolePages;
using Ledger;
using Ledger.Shards;

namespace Gateway.Tests.ConsolePages;

[Collection(GatewayCollection.Name)]
public sealed class OverviewTests(SharedServer shared)
{
    [Fact]
    public async Task The_first_event_carries_the_history_and_totals_that_agree_with_the_log()
    {
        await using var server = await GatewayServer.Start();
        using var bank = server.Api();
        using var secondBank = server.Api(Keys.SecondBank);
        foreach (var (creditor, amount) in new[] { ("987654321", "1.00"), ("987654321", "2.00"), ("555000111", "3.00"), ("987654321", "9999999.00") })
            (await bank.Post("/payments", SharedServer.Body("123456789", creditor, amount))).Is(HttpStatusCode.Created);
        var (own, other) = (await First(bank), await First(secondBank));
        Assert.Equal((4, 3, 1), Totals(own));
        Assert.Equal((1, 1, 0), Totals(other));
        Assert.Equal((4L, 1L), (own.GetProperty("history").EnumerateArray().Sum(Counted), other.GetProperty("history").EnumerateArray().Sum(Counted)));
        Assert.Equal("0.75", own.GetProperty("successRatio").GetString());
        Assert.Equal(JsonValueKind.Null, own.GetProperty("successRatioHourBefore").ValueKind);
        Assert.Equal(JsonValueKind.Object, own.GetProperty("latencyMs").ValueKind);
        var end = own.GetProperty("position").GetString()!;
        Assert.Empty((await bank.Get($"/events?after={end}")).Json.GetProperty("data").EnumerateArray());
        Assert.True(LogCursor.TryParse(end, Math.Max(1, TestLedger.Shards), out var cursor));
        Assert.Equal(cursor.Back(200).ToString(), own.GetProperty("eventsAfter").GetString());
        Assert.Equal(
            Enumerable.Range(0, cursor.Shards).Select(shard => ($"/shards/{shard}", cursor[shard].ToString())),
            own.GetProperty("positions").EnumerateObject().Select(static end => (end.Name, end.Value.GetString()!)));

        (await bank.Post("/sandbox/clock/advance", """{"seconds":3605}""")).Is(HttpStatusCode.OK);
        var later = await First(bank);
        Assert.Equal((4, 3, 1), Totals(later));
        Assert.Empty(later.GetProperty("history").EnumerateArray());
        Assert.Equal((null, "0.75"), (later.GetProperty("successRatio").GetString(), later.GetProperty("successRatioHourBefore").GetString()));
    }

    [Fact]
    public async Task A_frozen_account_needs_its_own_banks_attention()
    {
        var account = await shared.Account("0");
        (await shared.Bank.Post($"/accounts/{account}/freeze", """{"reason":"Asked for"}""")).Is(HttpStatusCode.OK);
        Assert.Contains($"/console/accounts/{account}", Hrefs(await First(shared.Bank)));
        Assert.DoesNotContain($"/console/accounts/{account}", Hrefs(await First(shared.SecondBank)));
        (await shared.Bank.Post($"/accounts/{account}/unfreeze", """{"reason":"Resolved"}""")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain($"/console/accounts/{account}", Hrefs(await First(shared.Bank)));
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(1, 0, "1.0")]
    [InlineData(0, 3, "0.0")]
    [InlineData(2, 1, "0.666666")]
    [InlineData(99_999_999, 1, "0.999999")]
    public void A_ratio_never_rounds_a_failure_away(long settled, long rejected, string? ratio) =>
        Assert.Equal(ratio, OverviewJson.Ratio(new PaymentCounts(settled, rejected)));

    [Fact]
    public void Latencies_are_those_of_the_last_minute()
    {
        var time = new SteppedTime();
        using var window = new LatencyWindow(time);
        Assert.Null(window.Read());
        for (var i = 0; i < 980; i++)
            window.Record(0.001);
        for (var i = 0; i < 20; i++)
            window.Record(0.100);
        var (p50, p99) = window.Read()!.Value;
        Assert.InRange(decimal.Parse(p50), 0.9m, 1.1m);
        Assert.InRange(decimal.Parse(p99), 93m, 107m);
        time.Step(TimeSpan.FromSeconds(59));
        Assert.NotNull(window.Read());
        time.Step(TimeSpan.FromSeconds(30));
        Assert.Null(window.Read());
        window.Record(0.000_001);
        window.Record(1_000_000);
        Assert.NotNull(window.Read());
    }

    private static async Task<JsonElement> First(Api api)
    {
        using var answer = await api.Http.GetAsync(new Uri("/console/now/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await reader.ReadLineAsync(end.Token) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonDocument.Parse(line["data: ".Length..]).RootElement;
        throw new InvalidOperationException("The stream ended before its first event.");
    }

    private static (int Total, int Settled, int Rejected) Totals(JsonElement overview) =>
        (overview.GetProperty("paymentsTotal").GetInt32(), overview.GetProperty("settledTotal").GetInt32(), overview.GetProperty("rejectedTotal").GetInt32());

    private static long Counted(JsonElement second) => second.GetProperty("settled").GetInt64() + second.GetProperty("rejected").GetInt64();

    private static string[] Hrefs(JsonElement overview) => [.. overview.GetProperty("attention").EnumerateArray().Select(static one => one.GetProperty("href").GetString()!)];

    private sealed class SteppedTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Step(TimeSpan by) => now += by.Ticks;
    }
}
