using System.ComponentModel.DataAnnotations;
using Gateway.Events;
using Ledger;
using Ledger.Shards;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Silo.Embedded;

namespace Silo.Cluster.Streams;

/// <summary>Puts streams into a process: into a silo with the relays of the log, into a client to subscribe.</summary>
public static class StreamsHosting
{
    /// <summary>A silo's part, after its cluster's: relays begin when the silo is one of the cluster, and end before it leaves.</summary>
    /// <param name="database">Of the cluster's own tables.</param>
    internal static void AddPaymentStreams(this IHostApplicationBuilder builder, ClusterSettings cluster, string database)
    {
        var settings = StreamsSettings.Of(builder.Configuration);
        var services = builder.Services;
        if (!cluster.IsSilo)
            return;
        services.AddSingleton(static services => new LogEvents(new RelayedEvents(services.GetRequiredService<LedgerShards>(), TimeProvider.System)));
        if (settings.Provider == StreamCarrier.None)
            return;
        builder.UseOrleans(silo => StreamProviders.Add(silo, settings));
        services.TryAddSingleton<EventConsumers>();
        services.TryAddSingleton<PublishEvents>(static services => Publish(services.GetRequiredService<IClusterClient>()));
        services.AddSingleton(settings).AddSingleton<RelayInstruments>().AddSingleton(_ => new RelayBook(database));
        services.AddSingleton(TimeProvider.System).AddSingleton<RelayServices>().AddHostedService<Relays>();
    }

    /// <summary>
    /// A subscriber's part: a client of the silos, told by the same settings where they are and what carries the streams.
    /// </summary>
    public static void AddPaymentEvents(this IHostApplicationBuilder builder)
    {
        var cluster = ClusterServer.Settings(builder.Configuration);
        var database = ClusterHosting.Database(builder.Configuration.Connections().FirstOrDefault() ?? throw new ValidationException($"A cluster is found in its ledger's database: name it as {Hosting.ConnectionSetting}."));
        builder.UseOrleansClient(client =>
        {
            ClusterHosting.Configure(client, cluster, database, new ClientCheck());
            StreamProviders.Add(client, StreamsSettings.Of(builder.Configuration));
        });
    }

    internal static PublishEvents Publish(IClusterClient cluster)
    {
        var provider = cluster.GetStreamProvider(PaymentEvent.Namespace);
        return (stream, events) => provider.GetStream<PaymentEvent>(stream).OnNextBatchAsync(events);
    }

    /// <summary>One relay a shard; of all silos' relays of a shard one works.</summary>
    private sealed class Relays(RelayServices services, ILocalSiloDetails silo) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken)
        {
            services.Consumers.Expect(EventRelay.ConsumerName);
            return Task.WhenAll(Enumerable.Range(0, services.Shards.Count).Select(shard => new EventRelay(shard, silo.SiloAddress.ToString(), services).Run(stoppingToken)));
        }
    }
}
