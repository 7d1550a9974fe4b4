using System.Text;
using System.Text.Json;
using Grains.Interfaces.Webhooks;
using Grains.Webhooks;

namespace Checkout.Tests;

public sealed class WebhookSignatureTests
{
    private const string Secret = "webhook_secret";
    private const long At = 1_533_204_620;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"id":"evt_1","object":"event"}""");

    private static string Good => WebhookSignature.Sign(At, Body, Secret);

    [Theory]
    [InlineData(0, SignatureVerdict.Valid)]
    [InlineData(300, SignatureVerdict.Valid)]
    [InlineData(-300, SignatureVerdict.Valid)]
    [InlineData(301, SignatureVerdict.OutsideTolerance)]
    [InlineData(-301, SignatureVerdict.OutsideTolerance)]
    public void A_time_is_taken_within_five_minutes(long off, SignatureVerdict expected) =>
        Assert.Equal(expected, WebhookSignature.Verify(Good, Body, Secret, At + off));

    [Fact]
    public void Any_of_several_signatures_may_match_and_only_v1_counts()
    {
        var right = Good[(Good.IndexOf("v1=", StringComparison.Ordinal) + 3)..];
        var wrong = new string('0', 64);
        Assert.Equal(SignatureVerdict.Valid, WebhookSignature.Verify($"t={At},v1={wrong},v1={right},v0={wrong}", Body, Secret, At));
        Assert.Equal(SignatureVerdict.NoMatch, WebhookSignature.Verify($"t={At},v1={wrong}", Body, Secret, At));
        Assert.Equal(SignatureVerdict.Malformed, WebhookSignature.Verify($"t={At},v0={right}", Body, Secret, At));
        Assert.Equal(SignatureVerdict.NoMatch, WebhookSignature.Verify(Good, [.. Body, (byte)' '], Secret, At));
        Assert.Equal(SignatureVerdict.NoMatch, WebhookSignature.Verify(Good, Body, "another", At));
    }

    [Fact]
    public void Published_vectors_hold()
    {
        var path = Material.Path("stripe/webhook_signature_vectors.json");
        using var vectors = JsonDocument.Parse(File.ReadAllText(path));
        var root = vectors.RootElement;
        // The header is Stripe's own; its payload file is not at hand, so that only its shape and refusals are checked here.
        Assert.Equal(SignatureVerdict.NoMatch, WebhookSignature.Verify(root.GetProperty("header").GetString(), Body, root.GetProperty("secret").GetString()!, root.GetProperty("t").GetInt64()));
        var malformed = root.GetProperty("cases").EnumerateArray().Single(static item => item.TryGetProperty("headers_malformed", out _)).GetProperty("headers_malformed");
        Assert.Equal(7, malformed.GetArrayLength());
        foreach (var header in malformed.EnumerateArray())
            Assert.Equal(SignatureVerdict.Malformed, WebhookSignature.Verify(header.GetString(), Body, Secret, At));
        Assert.Equal(SignatureVerdict.Malformed, WebhookSignature.Verify(null, Body, Secret, At));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:192.168.1.1", true)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("172.32.0.1", false)]
    [InlineData("2606:4700::1111", false)]
    public void Private_addresses_are_known(string address, bool isPrivate) => Assert.Equal(isPrivate, PrivateAddress.Is(System.Net.IPAddress.Parse(address)));

    [Fact]
    public async Task A_sender_that_may_not_reaches_no_private_address()
    {
        await using var receiver = await WebhookReceiver.Start();
        using var sender = new WebhookSender(mayReachPrivate: false, TimeProvider.System);
        var answer = await sender.Send(new WebhookMessage(receiver.Url, Body, [Secret], At));
        Assert.Equal(0, answer.Status);
        Assert.Contains("no public address", answer.Detail);
        Assert.Empty(receiver.Received);
    }

    [Fact]
    public void Retries_become_rarer_and_end_after_three_days()
    {
        const long Hour = 3_600_000;
        long now = 0;
        var tries = 0;
        long lastDelay = 0;
        while (RetrySchedule.Next(0, now, ++tries, null) is { } next)
        {
            Assert.True(next - now >= lastDelay || next == RetrySchedule.GivenUpAfterMs, "A later retry is not sooner.");
            lastDelay = next - now;
            now = next;
        }

        Assert.Equal(72 * Hour, now);
        Assert.InRange(tries, 15, 40);
        Assert.Equal(90_000, RetrySchedule.Next(0, 0, 1, 90_000));
    }
}
