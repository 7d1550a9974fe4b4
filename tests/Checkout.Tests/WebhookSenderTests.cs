using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grains.Webhooks;

namespace Checkout.Tests;

public sealed class WebhookSenderTests
{
    [Theory]
    [InlineData("HTTP/1.1 410 Gone\r\nContent-Length: 1000\r\n\r\nno", 410, "no")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nyes", 200, null)]
    [InlineData("HTTP/1.1 500 ", 0, "There was no answer in time.")]
    public async Task A_receiver_that_never_ends_its_answer_is_left_after_the_time_for_all_of_it(string answer, int status, string? detail)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var receiver = Task.Run(async () =>
        {
            var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            return client;
        });
        using var sender = new WebhookSender(mayReachPrivate: true, TimeProvider.System, TimeSpan.FromSeconds(3));
        var started = Stopwatch.GetTimestamp();
        var got = await sender.Send(new WebhookMessage($"http://{listener.LocalEndpoint}/", Encoding.UTF8.GetBytes("{}"), ["whsec_a"], 0)).WaitAsync(TimeSpan.FromSeconds(20));
        (await receiver).Dispose();
        Assert.Equal((status, detail), (got.Status, got.Detail));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("Retry-After: 7", 7_000L)]
    [InlineData("Retry-After: Sun, 22 Nov 2026 12:02:00 GMT", 120_000L)]
    [InlineData("Retry-After: Sun, 22 Nov 2026 11:00:00 GMT", 0L)]
    [InlineData("Retry-After: later", null)]
    [InlineData("X-Nothing: 1", null)]
    public async Task When_a_receiver_wants_the_next_try_is_read_in_seconds_and_as_a_time_of_day(string header, long? retryAfterMs)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var receiver = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 503 Busy\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\n{header}\r\nContent-Length: 0\r\n\r\n"));
        });
        using var sender = new WebhookSender(mayReachPrivate: true, TimeProvider.System);
        var got = await sender.Send(new WebhookMessage($"http://{listener.LocalEndpoint}/", Encoding.UTF8.GetBytes("{}"), ["whsec_a"], 0)).WaitAsync(TimeSpan.FromSeconds(20));
        await receiver;
        Assert.Equal((503, retryAfterMs), (got.Status, got.RetryAfterMs));
    }
}
