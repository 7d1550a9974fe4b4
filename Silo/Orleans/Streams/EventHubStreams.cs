// NOT COMPILED WHERE IT WAS WRITTEN: Microsoft.Orleans.Streaming.EventHubs did not restore there. It follows the package's documented
// interface (10.4.2), and is compiled with -p:EventHubs=true alone: docs/streams.md.
using System.ComponentModel.DataAnnotations;
using Azure.Messaging.EventHubs;

namespace Silo.Cluster.Streams;

/// <summary>Streams on Azure Event Hubs. Receivers keep their places where subscriptions are kept: in PostgreSQL.</summary>
internal static class EventHubStreams
{
    public static void Add(ISiloBuilder silo, StreamsSettings settings) => silo.AddEventHubStreams(PaymentEvent.Namespace, configurator =>
    {
        configurator.ConfigureEventHub(options => options.Configure(hub => Configure(hub, settings)));
        configurator.ConfigurePartitionReceiver(static options => options.Configure(static receiver => receiver.StartFromNow = false));
        configurator.UseGrainCheckpointer();
    });

    public static void Add(IClientBuilder client, StreamsSettings settings) =>
        client.AddEventHubStreams(PaymentEvent.Namespace, configurator => configurator.ConfigureEventHub(options => options.Configure(hub => Configure(hub, settings))));

    public static bool Refuses(Exception exception) => exception is EventHubsException { Reason: EventHubsException.FailureReason.MessageSizeExceeded };

    private static void Configure(Orleans.Configuration.EventHubOptions options, StreamsSettings settings)
    {
        if (settings.ConnectionString.Length == 0)
            throw new ValidationException($"{StreamsSettings.Section}:ConnectionString names no namespace of Event Hubs.");
        options.ConfigureEventHubConnection(settings.ConnectionString, settings.Hub, settings.ConsumerGroup);
    }
}
