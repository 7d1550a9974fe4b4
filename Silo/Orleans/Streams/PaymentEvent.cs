using System.Globalization;
using Grains.Interfaces.Values;

namespace Silo.Cluster.Streams;

/// <summary>
/// An event of the log as subscribers get it. It may come more than once: shard and position together are its name. What is personal was
/// left out.
/// </summary>
[GenerateSerializer, Immutable, Alias("payments.event")]
public sealed record PaymentEvent
{
    /// <summary>The streams' namespace, and the name of their provider.</summary>
    public const string Namespace = "payments.events";

    /// <summary>
    /// Into so many streams the log is dealt, by merchant: all events of one are in one stream, in order. Fixed, as who subscribes to all
    /// must know them; a stream a merchant would be a subscription a merchant.
    /// </summary>
    public const int Streams = 16;

    /// <summary>As in the envelope of <c>GET /events</c>.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required int Shard { get; init; }

    /// <summary>Its place in the shard's log, which has no gaps.</summary>
    [Id(2)]
    public required long Position { get; init; }

    [Id(3)]
    public required string Type { get; init; }

    [Id(4)]
    public required string Subject { get; init; }

    /// <summary>The subject's version after it.</summary>
    [Id(5)]
    public required int Version { get; init; }

    /// <summary>The merchant, or the account that has none; of a payment the debtor's. It says which stream it is in.</summary>
    [Id(6)]
    public required string ShardKey { get; init; }

    [Id(7)]
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>JSON, as the envelope's data; null where it could not be published: it is among the dead letters, and may come later.</summary>
    [Id(8)]
    public string? Data { get; init; }

    /// <summary>It comes after later ones: it was a dead letter, and somebody asked for it again.</summary>
    [Id(9)]
    public bool IsRequeued { get; init; }

    /// <summary>The stream that has a merchant's events.</summary>
    public static StreamId StreamOf(string shardKey) => Stream(Bucket.Of(shardKey) % Streams);

    /// <summary>A stream by its number, from 0 to before <see cref="Streams"/>.</summary>
    public static StreamId Stream(int number) => StreamId.Create(Namespace, number.ToString(CultureInfo.InvariantCulture));
}
