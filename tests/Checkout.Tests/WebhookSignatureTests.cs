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

    /// <summary>The body that Stripe's published header signs: src/StripeTests/Resources/event_test_signature.json of stripe-dotnet.</summary>
    private static readonly byte[] PublishedBody = Encoding.UTF8.GetBytes(
        """
        {
          "id": "evt_123",
          "object": "event",
          "account": "acct_123",
          "api_version": "2017-05-25",
          "created": 1533204620,
          "data": {
            "object": {
              "id": "cus_123",
              "object": "customer",
              "created": 123456789,
              "email": "test@stripe.com",
              "livemode": false,
              "metadata": {}
            }
          },
          "livemode": false,
          "pending_webhooks": 1,
          "request": {
            "id": "req_123",
            "idempotency_key": "idempotency-key-123"
          },
          "type": "customer.created"
        }

        """);

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
        // Header and body are Stripe's own: nothing of ours computed them.
        var (header, secret) = (root.GetProperty("header").GetString()!, root.GetProperty("secret").GetString()!);
        var nows = root.GetProperty("cases").EnumerateArray().Where(static item => item.TryGetProperty("now", out _)).ToArray();
        Assert.Equal(2, nows.Length);
        foreach (var item in nows)
            Assert.Equal(item.GetProperty("expect").GetString() == "valid" ? SignatureVerdict.Valid : SignatureVerdict.OutsideTolerance, WebhookSignature.Verify(header, PublishedBody, secret, item.GetProperty("now").GetInt64()));
        Assert.Equal(SignatureVerdict.NoMatch, WebhookSignature.Verify(header, [.. PublishedBody, (byte)' '], secret, At));
        Assert.Equal(SignatureVerdict.Malformed, WebhookSignature.Verify($"t={At}{header[header.IndexOf(",v0=", StringComparison.Ordinal)..]}", PublishedBody, secret, At));
        Assert.Equal(SignatureVerdict.Valid, WebhookSignature.Verify(header.Replace("v1=", $"v1={new string('0', 64)},v1=", StringComparison.Ordinal), PublishedBody, secret, At));
        var malformed = root.GetProperty("cases").EnumerateArray().Single(static item => item.TryGetProperty("headers_malformed", out _)).GetProperty("headers_malformed");
        Assert.Equal(7, malformed.GetArrayLength());
        foreach (var broken in malformed.EnumerateArray())
            Assert.Equal(SignatureVerdict.Malformed, WebhookSignature.Verify(broken.GetString(), Body, Secret, At));
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
