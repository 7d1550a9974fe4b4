using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Crash.Postgres;

/// <summary>A subscriber that goes from one process to the other and back sees what both commit: each event once, in order, without a gap.</summary>
public sealed class EventStreamTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Payments = 50_000;
    private const int Reconnects = 100;
    private const int BatchLength = 250;

    [Fact]
    public async Task A_subscriber_that_reconnects_a_hundred_times_sees_each_event_once_and_in_order()
    {
        using var database = new LedgerDatabase();
        using var data = new DataDirectory();
        using var otherData = new DataDirectory();
        await using var product = await PaymentsProcess.Start(database.Product(data));
        await using var other = await PaymentsProcess.Start(database.Product(otherData));
        using var bank = new BankClient(product.Address);
        using var otherBank = new BankClient(other.Address);
        var first = database.Number("select last_position from log_head");

        var started = TimeProvider.System.GetTimestamp();
        var paying = Task.WhenAll(Enumerable.Range(0, 4).Select(sender => Pay(sender % 2 == 0 ? bank : otherBank, sender)));
        var seen = new List<long>(Payments);
        var connections = 0;
        for (; seen.Count < Payments; connections++)
        {
            // As many as make a hundred reconnections; the last one reads what is left.
            var until = connections < Reconnects ? seen.Count + (Payments / (Reconnects + 1)) : Payments;
            await Read((connections % 2 == 0 ? product : other).Address, seen.Count == 0 ? first : seen[^1], seen, until);
            if (paying.IsFaulted)
                await paying;
        }

        await paying;
        log.WriteLine($"{seen.Count} events over {connections} connections while they were paid, {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s.");
        Assert.InRange(connections, Reconnects + 1, int.MaxValue);
        Assert.Equal(database.Numbers($"select position from log where type = 1 and position > {first} order by position"), seen);
        Assert.Equal(Payments, seen.Count);
    }

    private static async Task Pay(BankClient bank, int sender)
    {
        for (var batch = 0; batch < Payments / 4 / BatchLength; batch++)
        {
            var items = Enumerable.Range(0, BatchLength).Select(item => $$"""
                {"idempotencyKey":"{{sender}}-{{batch}}-{{item}}","amount":"0.01","currency":"USD","debtorAccount":"sandbox_{{(sender * 100) + 1 + (item % 50):0000}}","creditorAccount":"sandbox_{{(sender * 100) + 51 + (item % 40):0000}}"}
                """);
            var answer = await bank.Post("payments/batch", $"[{string.Join(',', items)}]");
            Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
            Assert.All(answer.Json.EnumerateArray(), static result => Assert.Equal(201, result.GetProperty("status").GetInt32()));
        }
    }

    /// <summary>One connection, from behind a position until so many events were seen in all; then it is cut off.</summary>
    private static async Task Read(Uri address, long after, List<long> seen, int until)
    {
        using var patience = new CancellationTokenSource(PaymentsProcess.Patience);
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "events/stream?type=payment.settled");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", BankClient.BankKey);
        request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(patience.Token));
        while (seen.Count < until)
        {
            var line = await lines.ReadLineAsync(patience.Token);
            Assert.True(line is not null and not ": too slow", $"The stream ended at event {seen.Count}: {line}");
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                seen.Add(long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture));
        }
    }
}
