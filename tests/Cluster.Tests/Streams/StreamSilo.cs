using Cluster.Subscriber;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Silo.Cluster;
using Silo.Cluster.Streams;

namespace Cluster.Tests.Streams;

/// <summary>A silo in this process, which relays the ledger to streams in memory.</summary>
internal sealed class StreamSilo : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ClusterGrains grains;
    private bool isGone;

    private StreamSilo(WebApplication app, ClusterGrains grains) => (this.app, this.grains) = (app, grains);

    /// <summary>How the database names the silo's relays.</summary>
    public string Owner => app.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString();

    public RelayBook Book => app.Services.GetRequiredService<RelayBook>();

    public EventConsumers Consumers => app.Services.GetRequiredService<EventConsumers>();

    /// <param name="around">Stands between the relay and the streams.</param>
    /// <param name="settings">Of the section of streams, as <c>name=value</c>.</param>
    public static async Task<StreamSilo> Start(StreamLedger ledger, Func<PublishEvents, PublishEvents>? around = null, params string[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection([
            new($"{StreamsSettings.Section}:Provider", "memory"), new($"{StreamsSettings.Section}:LeaseSeconds", "2"),
            .. settings.Select(static setting => new KeyValuePair<string, string?>($"{StreamsSettings.Section}:{setting.Split('=')[0]}", setting.Split('=')[1]))]);
        var cluster = new ClusterSettings { Role = ClusterRole.Silo, SiloPort = ClusterProcess.FreePort(), GatewayPort = ClusterProcess.FreePort() };
        var grains = new ClusterGrains(new ClusterGrainsOptions(), TimeProvider.System);
        builder.Services.AddRouting().AddSingleton(ledger.Edition.Shards);
        var database = ClusterHosting.Database(ledger.Database);
        builder.AddCluster(cluster, grains, database);
        if (around is not null)
            builder.Services.AddSingleton(services => around(StreamsHosting.Publish(services.GetRequiredService<IClusterClient>())));
        builder.AddPaymentStreams(cluster, database);
        var silo = new StreamSilo(builder.Build(), grains);
        await silo.app.StartAsync();
        return silo;
    }

    public async ValueTask DisposeAsync()
    {
        if (isGone)
            return;
        isGone = true;
        await app.StopAsync().WaitAsync(TimeSpan.FromMinutes(1));
        await app.DisposeAsync();
        grains.Dispose();
    }
}

/// <summary>A client of the silos, as a subscriber's process has one.</summary>
internal sealed class StreamClient : IAsyncDisposable
{
    private readonly IHost host;

    private StreamClient(IHost host) => this.host = host;

    public IClusterClient Cluster => host.Services.GetRequiredService<IClusterClient>();

    public static async Task<StreamClient> Start(string database)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new(Silo.Embedded.Hosting.ConnectionSetting, database), new($"{StreamsSettings.Section}:Provider", "memory")]);
        builder.AddPaymentEvents();
        var client = new StreamClient(builder.Build());
        await client.host.StartAsync();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}

/// <summary>What a subscriber was given.</summary>
internal sealed class Received
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<PaymentEvent> handled = [];
    private readonly List<(PaymentEvent Event, string Reason)> buried = [];

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<PaymentEvent> Handled
    {
        get
        {
            lock (handled)
                return [.. handled];
        }
    }

    public IReadOnlyList<(PaymentEvent Event, string Reason)> Buried
    {
        get
        {
            lock (handled)
                return [.. buried];
        }
    }

    public Subscription Subscription(Func<PaymentEvent, bool>? filter = null, Action<PaymentEvent>? fail = null) => new(
        filter ?? (static _ => true),
        one =>
        {
            fail?.Invoke(one);
            lock (handled)
                handled.Add(one);
            return Task.CompletedTask;
        },
        (one, reason) =>
        {
            lock (handled)
                buried.Add((one, reason));
            return Task.CompletedTask;
        });

    /// <summary>Waits until all positions of a range were handled or buried.</summary>
    public Task All(long after, long upTo) => Until(
        () => Handled.Concat(Buried.Select(static dead => dead.Event)).Select(static one => one.Position).Where(position => position > after && position <= upTo).Distinct().Count() == upTo - after,
        () => $"Positions after {after} up to {upTo}: {string.Join(' ', Handled.Select(static one => one.Position))}");

    public static async Task Until(Func<bool> condition, Func<string> missing)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); !condition(); await Task.Delay(20))
            if (waited.Elapsed > Patience)
                throw new TimeoutException(missing());
    }
}
