using System.ComponentModel.DataAnnotations;
using Silo.Embedded;

namespace Silo.Cluster.Streams;

/// <summary>What carries the streams.</summary>
public enum StreamCarrier
{
    /// <summary>There are none, and nothing is relayed.</summary>
    None = 1,

    /// <summary>The silos' memory: what was not delivered is gone with a silo.</summary>
    Memory = 2,

    /// <summary>Azure Event Hubs; only in a build that has it.</summary>
    EventHubs = 3,
}

/// <summary>How the event log is relayed to streams: the section <see cref="Section"/> of the configuration.</summary>
public sealed class StreamsSettings
{
    public const string Section = "Payments:Cluster:Streams";

    public StreamCarrier Provider { get; set; } = StreamCarrier.None;

    /// <summary>Events that are read, and published, before the place of the relay moves.</summary>
    [Range(1, 2_000)]
    public int BatchEvents { get; set; } = 500;

    /// <summary>The largest message, in bytes; one event above it is a dead letter. Event Hubs takes 262,144 in its basic tier, 1,048,576 in others.</summary>
    [Range(600, 1_000_000)]
    public int MaxMessageBytes { get; set; } = 200_000;

    /// <summary>Seconds after which another silo goes on with a shard that nobody relays any more.</summary>
    [Range(2, 300)]
    public int LeaseSeconds { get; set; } = 15;

    /// <summary>Of the namespace of Event Hubs, or its emulator.</summary>
    public string ConnectionString { get; set; } = "";

    [Required]
    public string Hub { get; set; } = "payments";

    [Required]
    public string ConsumerGroup { get; set; } = "payments";

    /// <exception cref="ValidationException">A value is none that it takes.</exception>
    internal static StreamsSettings Of(IConfiguration configuration)
    {
        try
        {
            return configuration.Checked<StreamsSettings>(Section);
        }
        catch (InvalidOperationException exception)
        {
            throw new ValidationException($"{exception.Message} Providers are none, memory and eventhubs.");
        }
    }
}
