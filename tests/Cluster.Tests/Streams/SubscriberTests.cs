using Cluster.Subscriber;
using Orleans.Streams;
using Silo.Cluster.Streams;

namespace Cluster.Tests.Streams;

/// <summary>The subscriber that is delivered as a sample, and its place.</summary>
public sealed class SubscriberTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task It_goes_on_from_its_token_with_what_came_while_it_was_away_and_handles_each_event_once()
    {
        await using var ledger = new StreamLedger();
        await using var silo = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        await ledger.Open("debtor", "creditor", "merchant_1");
        var (first, second) = (new Received(), new Received());
        await using (await Subscribe(ledger, client, first.Subscription()))
        {
            await Pay(20);
            await first.All(0, ledger.End);
            // Were it killed now, it would not begin anew.
            await Received.Until(() => ResumeToken.Open(ledger.File("token")).Position(0) == ledger.End, () => "The token is not saved.");
        }

        var left = ledger.End;
        await Pay(30);
        await using (await Subscribe(ledger, client, second.Subscription()))
        {
            await second.All(left, ledger.End);
            await Pay(10);
            await second.All(left, ledger.End);
        }

        Assert.Equal(left, first.Handled.Count);
        Assert.Equal(ledger.End - left, second.Handled.Count);

        async Task Pay(int payments)
        {
            for (var i = 0; i < payments; i++)
                await ledger.Pay(i % 2 == 0 ? "debtor" : "merchant_1", "creditor", 1);
        }
    }

    [Fact]
    public async Task It_handles_what_its_filter_takes_and_puts_aside_what_it_cannot_handle()
    {
        await using var ledger = new StreamLedger();
        await using var silo = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        await ledger.Open("debtor", "creditor");
        var received = new Received();
        var tries = 0;
        await using (await Subscribe(ledger, client, received.Subscription(static one => one.Type == "payment.settled", one =>
        {
            if (one.Data!.Contains("\"0.13\"", StringComparison.Ordinal) && ++tries > 0)
                throw new InvalidOperationException("Thirteen.");
        })))
        {
            for (var cents = 10; cents < 20; cents++)
                await ledger.Pay("debtor", "creditor", cents);
            await ledger.Pay("debtor", "creditor", 10_000_000);
            await Received.Until(() => received.Handled.Count + received.Buried.Count == 10, () => $"{received.Handled.Count} were handled.");
        }

        Assert.Equal(3, tries);
        Assert.Equal("Thirteen.", Assert.Single(received.Buried).Reason);
        Assert.All(received.Handled, static one => Assert.Equal("payment.settled", one.Type));
        // What it passed over is behind it, too.
        Assert.Equal(ledger.End, ResumeToken.Open(ledger.File("token")).Position(0));
    }

    [Fact]
    public async Task A_filter_that_throws_costs_its_event_alone_and_not_the_subscriber()
    {
        await using var ledger = new StreamLedger();
        await using var silo = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        await ledger.Open("debtor", "creditor");
        var received = new Received();
        var subscription = received.Subscription(static one => one.Position == 3 ? throw new FormatException("Three.") : true);
        await using (await Subscribe(ledger, client, subscription))
            await received.All(0, ledger.End);
        Assert.Equal((3L, "Three."), Assert.Single(received.Buried.Select(static dead => (dead.Event.Position, dead.Reason))));

        await using (await Subscribe(ledger, client, subscription))
        {
            await ledger.Pay("debtor", "creditor", 1);
            await received.All(0, ledger.End);
        }

        Assert.Single(received.Buried);
        Assert.Equal(ledger.End, ResumeToken.Open(ledger.File("token")).Position(0));
    }

    [Fact]
    public async Task What_can_neither_be_handled_nor_buried_is_tried_again_until_it_can_and_the_token_is_saved_meanwhile()
    {
        await using var ledger = new StreamLedger();
        await using var silo = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        await ledger.Open("debtor", "creditor");
        var received = new Received();
        var (full, tries) = (true, 0);
        var subscription = received.Subscription(fail: one => _ = one.Position == 3 && Volatile.Read(ref full) ? throw new InvalidOperationException("No place.") : one) with
        {
            Bury = (_, _) =>
            {
                Interlocked.Increment(ref tries);
                throw new InvalidOperationException("No place here either.");
            },
        };
        await using (await Subscribe(ledger, client, subscription))
            await Received.Until(() => tries >= 2, () => $"It tried {tries} times.");
        Assert.Equal(2, ResumeToken.Open(ledger.File("token")).Position(0));

        await using (await Subscribe(ledger, client, subscription))
        {
            Volatile.Write(ref full, false);
            await received.All(0, ledger.End);
        }

        Assert.Equal(ledger.End, ResumeToken.Open(ledger.File("token")).Position(0));
    }

    [Fact]
    public async Task Its_subscription_is_there_after_all_silos_were_restarted()
    {
        await using var ledger = new StreamLedger();
        await using var first = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = new EventSubscriber(client.Cluster, ResumeToken.Open(ledger.File("token")), received.Subscription()) { LookEvery = TimeSpan.FromHours(1) };
        await subscriber.Subscribe();
        await ledger.Open("debtor", "creditor");
        await received.All(0, ledger.End);
        Assert.Equal((long)PaymentEvent.Streams, ledger.Value("select count(*) from orleansstorage where graintypestring like '%pubsub%' or graintypestring like '%PubSub%'"));
        await first.DisposeAsync();

        await using var second = await StreamSilo.Start(ledger);
        await Connected(client);
        await ledger.Pay("debtor", "creditor", 1);
        await received.All(0, ledger.End);
        Assert.Equal(ledger.End, received.Handled.Count);
    }

    [Fact]
    public async Task It_subscribes_again_where_the_silos_delivered_while_it_was_not_connected()
    {
        await using var ledger = new StreamLedger();
        await using var first = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received.Subscription());
        await ledger.Open("debtor", "creditor");
        await received.All(0, ledger.End);
        await first.DisposeAsync();

        await using var second = await StreamSilo.Start(ledger);
        for (var i = 0; i < 10; i++)
            await ledger.Pay("debtor", "creditor", 1);
        await received.All(0, ledger.End);
        Assert.Equal(ledger.End, received.Handled.Count);
    }

    [Fact]
    public async Task It_subscribes_again_where_the_silos_dropped_its_subscriptions()
    {
        await using var ledger = new StreamLedger();
        await using var silo = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received.Subscription());
        await ledger.Open("debtor", "creditor");
        await received.All(0, ledger.End);
        var provider = client.Cluster.GetStreamProvider(PaymentEvent.Namespace);
        IAsyncStream<PaymentEvent>[] streams = [.. Enumerable.Range(0, PaymentEvent.Streams).Select(number => provider.GetStream<PaymentEvent>(PaymentEvent.Stream(number)))];
        foreach (var stream in streams)
            await Assert.Single(await stream.GetAllSubscriptionHandles()).UnsubscribeAsync();

        await ledger.Pay("debtor", "creditor", 1);
        await received.All(0, ledger.End);
        foreach (var stream in streams)
            for (var since = TimeProvider.System.GetTimestamp(); (await stream.GetAllSubscriptionHandles()).Count != 1; await Task.Delay(20))
                Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30), $"Nobody subscribes to {stream.StreamId}.");
    }

    private static async Task Connected(StreamClient client)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await client.Cluster.GetGrain<IEventLogGrain>(0).Ends();
                return;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException && tries < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task<EventSubscriber> Subscribe(StreamLedger ledger, StreamClient client, Subscription subscription)
    {
        var token = ResumeToken.Open(ledger.File("token"));
        if (token.IsNew)
            token.Begin(0, 0);
        var subscriber = new EventSubscriber(client.Cluster, token, subscription) { LookEvery = Often };
        await subscriber.Start();
        return subscriber;
    }
}
