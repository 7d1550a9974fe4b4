using System.ComponentModel.DataAnnotations;
using Orleans.Serialization;

namespace Silo.Cluster.Streams;

/// <summary>Puts the chosen provider into silos and into clients. Both must choose the same.</summary>
internal static class StreamProviders
{
    /// <exception cref="ValidationException">This build does not have the provider.</exception>
    public static void Add(ISiloBuilder silo, StreamsSettings settings)
    {
        if (settings.Provider == StreamCarrier.Memory)
            silo.AddMemoryStreams(PaymentEvent.Namespace);
        else if (settings.Provider == StreamCarrier.EventHubs)
#if EVENT_HUBS
            EventHubStreams.Add(silo, settings);
#else
            throw NotBuilt();
#endif
    }

    /// <inheritdoc cref="Add(ISiloBuilder, StreamsSettings)"/>
    public static void Add(IClientBuilder client, StreamsSettings settings)
    {
        if (settings.Provider == StreamCarrier.Memory)
            client.AddMemoryStreams(PaymentEvent.Namespace);
        else if (settings.Provider == StreamCarrier.EventHubs)
#if EVENT_HUBS
            EventHubStreams.Add(client, settings);
#else
            throw NotBuilt();
#endif
    }

    /// <summary>Whether the provider will never take what it was given. Anything else may pass: it is away, or full.</summary>
    public static bool Refuses(Exception exception) => exception is SerializerException
#if EVENT_HUBS
        || EventHubStreams.Refuses(exception)
#endif
        ;

#if !EVENT_HUBS
    private static ValidationException NotBuilt() => new(
        $"{StreamsSettings.Section}:Provider is 'eventhubs', which this build does not have: build it with -p:EventHubs=true (docs/streams.md says how), or choose 'memory' or 'none'.");
#endif
}
