using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Serialization.Configuration;
using Orleans.Storage;

namespace Cluster.Bench.Transactions;

/// <summary>A silo with Orleans' transactions on grain storage in PostgreSQL: a process of this executable.</summary>
internal static class PeerSilo
{
    /// <summary>Among the arguments of such a process.</summary>
    public const string Verb = "transactions-silo";

    public const string Invariant = "Npgsql";

    private const string ServiceId = "transactions";

    /// <summary>Serves until SIGTERM.</summary>
    public static async Task<int> Run(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var (database, cluster) = (builder.Configuration["database"]!, builder.Configuration["cluster"]!);
        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(options => Identify(options, cluster))
            .Configure<TypeManifestOptions>(Analyze)
            .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database))
            .ConfigureEndpoints(IPAddress.Loopback, builder.Configuration.GetValue<int>("silo-port"), builder.Configuration.GetValue<int>("gateway-port"))
            .AddAdoNetGrainStorage(BankAccountGrain.Storage, storage => storage.Configure<Serializer>((options, serializer) =>
            {
                (options.Invariant, options.ConnectionString) = (Invariant, database);
                if (builder.Configuration["storage-json"] is null)
                    options.GrainStorageSerializer = new OrleansGrainStorageSerializer(serializer);
            }))
            .UseTransactions());
        await using var application = builder.Build();
        // It listens once the silo is active.
        application.MapGet("/health/ready", static () => Results.Ok());
        await application.RunAsync();
        return 0;
    }

    public static void Identify(ClusterOptions options, string cluster) => (options.ClusterId, options.ServiceId) = (cluster, ServiceId);

    // The product's contracts are known here too, and nobody calls them.
    public static void Analyze(TypeManifestOptions options) => options.EnableConfigurationAnalysis = false;
}
