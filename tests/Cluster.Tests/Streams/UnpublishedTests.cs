using System.Diagnostics.Metrics;
using Cluster.Subscriber;
using Npgsql;
using Silo.Cluster.Streams;

namespace Cluster.Tests.Streams;

/// <summary>What a relay has not published yet, and what it never can.</summary>
public sealed class UnpublishedTests
{
    [Fact]
    public async Task What_was_not_published_yet_is_told_as_lag_until_it_was()
    {
        await using var ledger = new StreamLedger();
        var isFull = true;
        await using var silo = await StreamSilo.Start(ledger, publish => (stream, events) => Volatile.Read(ref isFull) ? throw new InvalidOperationException("Full.") : publish(stream, events));
        await ledger.Open("debtor", "creditor");
        await Received.Until(() => Lag() == ledger.End, () => $"The lag is {Lag()}, and the log has {ledger.End} events.");
        Assert.Equal(0, Place());

        Volatile.Write(ref isFull, false);
        await Received.Until(() => Lag() == 0, () => $"The lag is {Lag()}.");
        await Received.Until(() => Place() == ledger.End, () => $"As a consumer it is at {Place()} of {ledger.End}.");

        long? Place() => silo.Consumers.FurthestBehind().Single(static one => one.Name == EventRelay.ConsumerName).Position?[0];
    }

    [Fact]
    public async Task A_shard_stays_its_relays_while_the_provider_is_waited_for()
    {
        await using var ledger = new StreamLedger();
        await ledger.Open("debtor");
        var (tries, isKept) = (0, false);
        await using var silo = await StreamSilo.Start(ledger, publish => (stream, events) =>
        {
            if (Interlocked.Increment(ref tries) > 1)
            {
                isKept = (bool)ledger.Value("select until > clock_timestamp() from stream_relay")!;
                return publish(stream, events);
            }

            // As after a long pause.
            ledger.Value("update stream_relay set until = '-infinity'");
            throw new InvalidOperationException("Full.");
        });
        await Received.Until(() => (long?)ledger.Value("select position from stream_relay") == ledger.End, () => "The place does not move.");
        Assert.True(isKept);
    }

    [Fact]
    public async Task What_cannot_be_read_is_put_aside_and_what_came_after_it_is_relayed()
    {
        await using var ledger = new StreamLedger();
        await ledger.Open("debtor", "creditor");
        await ledger.Pay("debtor", "creditor", 1);
        var damaged = ledger.End;
        await using (var connection = new NpgsqlConnection(ledger.Database))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"update log set debtor = 999999 where position = {damaged}", connection);
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        await using var silo = await StreamSilo.Start(ledger);
        await using var client = await StreamClient.Start(ledger.Database);
        var received = new Received();
        await using var subscriber = new EventSubscriber(client.Cluster, ResumeToken.Open(ledger.File("token")), received.Subscription()) { LookEvery = TimeSpan.FromHours(1) };
        await subscriber.Subscribe();
        await ledger.Pay("debtor", "creditor", 2);
        await received.All(damaged, ledger.End);

        var letter = Assert.Single(await silo.Book.Letters(null, default));
        Assert.Equal(damaged, letter.Position);
        Assert.StartsWith("It cannot be read: ", letter.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(received.Handled, one => one.Position == damaged);
    }

    // As it is measured now; null where no shard is relayed.
    private static long? Lag()
    {
        long? lag = null;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "stream_relay_lag_events")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, events, _, _) => lag = (lag ?? 0) + events);
        listener.Start();
        listener.RecordObservableInstruments();
        return lag;
    }
}
