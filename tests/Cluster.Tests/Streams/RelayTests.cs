using System.Collections.Concurrent;
using Cluster.Subscriber;
using Gateway.Events;
using Orleans.Serialization;
using Silo.Cluster.Streams;

namespace Cluster.Tests.Streams;

/// <summary>The log relayed to streams by silos of this process, on a real PostgreSQL, to the subscriber that is delivered as a sample.</summary>
public sealed class RelayTests
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    [Fact]
    public async Task Every_event_arrives_once_in_order_of_its_merchant_and_without_what_is_personal()
    {
        await using var ledger = new StreamLedger();
        await using var silo = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received);

        await ledger.Open("merchant_1:balance", "merchant_1:reserve", "merchant_2:balance", "debtor");
        foreach (var i in Enumerable.Range(1, 100))
            await ledger.Pay(i % 3 == 0 ? "merchant_1:balance" : i % 3 == 1 ? "merchant_2:balance" : "debtor", "merchant_1:reserve", i % 10 == 0 ? 10_000_000 : i);
        await received.All(0, ledger.End);

        Assert.Equal(ledger.End, received.Handled.Count);
        Assert.All(received.Handled.GroupBy(static one => one.ShardKey), static merchant => Assert.Equal(merchant.OrderBy(static one => one.Position), merchant));
        Assert.Equal(["debtor", "merchant_1", "merchant_2"], received.Handled.Select(static one => one.ShardKey).Distinct().Order());
        Assert.Equal(10, received.Handled.Count(static one => one.Type == "payment.rejected"));
        Assert.Contains(received.Handled, static one => one.Type == "account.opened" && one.Subject == "merchant_1:reserve" && one.Version == 1);
        Assert.All(received.Handled, static one => Assert.DoesNotMatch(@"Erika|piano|192\.0\.2", one.Data!));
        Assert.All(received.Handled, static one => Assert.DoesNotContain("endToEndId", one.Data!, StringComparison.Ordinal));
        await Received.Until(() => (long)ledger.Value("select position from stream_relay")! == ledger.End, () => "The place of the relay does not move to the end.");
    }

    [Fact]
    public async Task A_relay_that_stops_between_publishing_and_its_place_is_followed_by_another_and_moves_the_place_no_more()
    {
        await using var ledger = new StreamLedger();
        var (hangs, goesOn, messages) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        await using var first = await StreamSilo.Start(ledger, publish => async (stream, events) =>
        {
            await publish(stream, events);
            if (events.Any(static one => one.Type == "payment.settled"))
            {
                hangs.TrySetResult();
                await goesOn.Task;
            }
        });
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received);
        await ledger.Open("debtor", "creditor");
        await received.All(0, ledger.End);
        await Received.Until(() => (long)ledger.Value("select position from stream_relay")! == ledger.End, () => "The place does not move.");
        var before = ledger.End;
        await ledger.Pay("debtor", "creditor", 1);
        await hangs.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await received.All(before, ledger.End);
        Assert.Equal(before, ledger.Value("select position from stream_relay"));

        await using var second = await StreamSilo.Start(ledger, publish => (stream, events) =>
        {
            Interlocked.Add(ref messages, events.Count);
            return publish(stream, events);
        });
        await ledger.Pay("debtor", "creditor", 2);
        await received.All(before, ledger.End);
        await Received.Until(() => (long)ledger.Value("select position from stream_relay")! == ledger.End, () => "The place does not move.");
        Assert.Equal(second.Owner, ledger.Value("select owner from stream_relay"));
        goesOn.SetResult();
        await ledger.Pay("debtor", "creditor", 3);
        await received.All(before, ledger.End);
        await Received.Until(() => (long)ledger.Value("select position from stream_relay")! == ledger.End, () => "The place does not move.");

        // The first payment was published by both.
        Assert.Equal(3, messages);
        Assert.Equal(second.Owner, ledger.Value("select owner from stream_relay"));
        Assert.Equal(ledger.End, received.Handled.Count);
    }

    [Fact]
    public async Task Of_two_silos_one_relays_and_when_it_leaves_the_other_goes_on()
    {
        await using var ledger = new StreamLedger();
        var by = new int[2];
        var received = new Received();
        await using var first = await StreamSilo.Start(ledger, Counted(0));
        await Received.Until(() => (string?)ledger.Value("select owner from stream_relay") == first.Owner, () => "Nobody relays.");
        await using var second = await StreamSilo.Start(ledger, Counted(1));
        await using var client = await StreamClient.Start(ledger.Database);
        await using var subscriber = await Subscribe(ledger, client, received);
        await ledger.Open("debtor", "creditor");
        for (var i = 0; i < 50; i++)
            await ledger.Pay("debtor", "creditor", 1);
        await received.All(0, ledger.End);
        await Received.Until(() => (long)ledger.Value("select position from stream_relay")! == ledger.End, () => "The place does not move.");
        Assert.Equal(((int)ledger.End, 0), (by[0], by[1]));

        var left = first.Owner;
        await first.DisposeAsync();
        // It gives the shard back; nobody waits for the end of its lease.
        Assert.NotEqual(left, ledger.Value("select owner from stream_relay"));
        await Received.Until(() => (string?)ledger.Value("select owner from stream_relay") == second.Owner, () => "The one that stays does not relay.");
        await ledger.Pay("debtor", "creditor", 1);
        await Received.Until(() => by[1] == 1, () => $"The one that stays published {by[1]} events.");
        Assert.Equal((int)ledger.End - 1, by[0]);

        Func<PublishEvents, PublishEvents> Counted(int silo) => publish => (stream, events) =>
        {
            Interlocked.Add(ref by[silo], events.Count);
            return publish(stream, events);
        };
    }

    [Fact]
    public async Task What_the_provider_refuses_is_put_aside_and_comes_when_it_is_asked_for_again()
    {
        await using var ledger = new StreamLedger();
        var refuses = true;
        await using var silo = await StreamSilo.Start(ledger, publish => async (stream, events) =>
        {
            if (Volatile.Read(ref refuses) && events.Any(static one => one.Type == "payment.rejected" && one.Data is not null))
                throw new CodecNotFoundException("No.");
            await publish(stream, events);
            // Asked for again, it comes twice, as any event may.
            if (events.Any(static one => one.IsRequeued))
                await publish(stream, events);
        });
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received);
        await ledger.Open("debtor", "creditor");
        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => ledger.Pay("debtor", "creditor", i == 10 ? 10_000_000 : i)));
        await received.All(0, ledger.End);

        var dead = Assert.Single(received.Buried).Event;
        Assert.Equal(("payment.rejected", null), (dead.Type, dead.Data));
        var letter = Assert.Single(await silo.Book.Letters(null, default));
        Assert.Equal((dead.Position, false), (letter.Position, letter.IsRequeued));
        Assert.Equal(ledger.End - 1, received.Handled.Count);

        // Refused once more, it is a dead letter once more.
        Assert.True(await silo.Book.Requeue(0, dead.Position, default));
        await Received.Until(() => (bool)ledger.Value("select not requeued from stream_dead_letter")!, () => "It is not tried again.");
        Volatile.Write(ref refuses, false);
        Assert.True(await silo.Book.Requeue(0, dead.Position, default));
        await Received.Until(() => received.Handled.Any(one => one.Position == dead.Position), () => "It does not come.");
        await ledger.Pay("debtor", "creditor", 1);
        await received.All(0, ledger.End);
        Assert.True(received.Handled.Single(one => one.Position == dead.Position) is { IsRequeued: true, Data: not null });
        await Received.Until(() => (long)ledger.Value("select count(*) from stream_dead_letter")! == 0, () => "It is still a dead letter.");
    }

    [Fact]
    public async Task A_provider_that_refuses_even_what_stands_for_an_event_is_tried_again_and_the_silo_goes_on()
    {
        await using var ledger = new StreamLedger();
        var (refuses, refused) = (true, 0);
        await using var silo = await StreamSilo.Start(ledger, publish => (stream, events) =>
        {
            if (!Volatile.Read(ref refuses) || !events.Any(static one => one.Type == "payment.rejected"))
                return publish(stream, events);
            if (events is [{ Data: null }])
                Interlocked.Increment(ref refused);
            throw new CodecNotFoundException("No.");
        });
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received);
        await ledger.Open("debtor", "creditor");
        await ledger.Pay("debtor", "creditor", 10_000_000);
        await Received.Until(() => refused >= 2, () => $"It was refused {refused} times.");

        Volatile.Write(ref refuses, false);
        await ledger.Pay("debtor", "creditor", 1);
        await received.All(0, ledger.End);
    }

    [Fact]
    public async Task What_is_larger_than_a_message_is_put_aside_and_a_provider_that_is_full_is_waited_for()
    {
        await using var ledger = new StreamLedger();
        await ledger.Open("debtor", "creditor");
        await ledger.Pay("debtor", "creditor", 1);
        await ledger.Pay("debtor", "creditor", 10_000_000);
        var (before, log) = (ledger.End, await Sizes(ledger));
        var (tries, largest, messages) = (0, log.Values.Max() - 1, new ConcurrentQueue<int>());
        await using var silo = await StreamSilo.Start(
            ledger,
            publish => (stream, events) =>
            {
                messages.Enqueue(events.Sum(EventRelay.Bytes));
                return Interlocked.Increment(ref tries) < 4 ? throw new InvalidOperationException("Full.") : publish(stream, events);
            },
            $"MaxMessageBytes={largest}");
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received);
        await ledger.Pay("debtor", "creditor", 2);
        await ledger.Pay("debtor", "creditor", 10_000_000);
        await received.All(before, ledger.End);

        var large = (await Sizes(ledger)).Where(one => one.Value >= log.Values.Max()).Select(static one => one.Key).Order().ToList();
        Assert.Equal(2, large.Count);
        Assert.Equal(large, (await silo.Book.Letters(null, default)).Select(static letter => letter.Position));
        Assert.Equal(large[^1], received.Buried[^1].Event.Position);
        Assert.True(tries >= 4);
        Assert.All(messages, bytes => Assert.InRange(bytes, 1, largest));
    }

    [Fact]
    public async Task A_relay_that_is_moved_back_relays_again_and_the_subscriber_drops_what_it_had()
    {
        await using var ledger = new StreamLedger();
        var published = 0;
        await using var silo = await StreamSilo.Start(ledger, publish => (stream, events) =>
        {
            Interlocked.Add(ref published, events.Count);
            return publish(stream, events);
        });
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = await Subscribe(ledger, client, received);
        await ledger.Open("debtor", "creditor");
        await received.All(0, ledger.End);
        await Received.Until(() => (long)ledger.Value("select position from stream_relay")! == ledger.End, () => "The place does not move.");
        Assert.True(await silo.Book.Move(0, 1, default));
        await Received.Until(() => published == ledger.End + ledger.End - 1, () => $"{published} events were published.");
        await ledger.Pay("debtor", "creditor", 1);
        await received.All(0, ledger.End);
        Assert.Equal(ledger.End, received.Handled.Count);
    }

    // Of messages with one event each, by its position.
    private static async Task<Dictionary<long, int>> Sizes(StreamLedger ledger)
    {
        var (events, sizes) = (new LogEvents(new RelayedEvents(ledger.Edition.Shards, TimeProvider.System)), new Dictionary<long, int>());
        foreach (var row in await ledger.Edition.Shards.Reader.RowsAfter(0, 100))
            sizes[row.Position] = EventRelay.Bytes((await events.Read(row)).Event);
        return sizes;
    }

    // By the streams alone, from the log's beginning on.
    private static async Task<EventSubscriber> Subscribe(StreamLedger ledger, StreamClient client, Received received)
    {
        var subscriber = new EventSubscriber(client.Cluster, ResumeToken.Open(ledger.File("token")), received.Subscription()) { LookEvery = Never };
        await subscriber.Subscribe();
        return subscriber;
    }
}
