using System.ComponentModel.DataAnnotations;
using System.Net;
using Orleans.Configuration;
using Silo.Embedded;

namespace Silo.Cluster.Tls;

/// <summary>Puts TLS between the processes of a cluster, where the settings name certificates.</summary>
internal static partial class TlsHosting
{
    /// <exception cref="ValidationException">A setting is missing, or a file is not what it should be.</exception>
    public static void AddClusterTls(this WebApplicationBuilder builder, ClusterSettings cluster, ILoggerFactory loggers)
    {
        var settings = builder.Configuration.Checked<TlsSettings>(TlsSettings.Section);
        var logger = loggers.CreateLogger<ClusterTls>();
        if (settings.IsOn)
            AddClusterTls(builder.Services, settings, logger);
        else if (cluster.IsSilo && cluster.Advertise != "localhost" && !(IPAddress.TryParse(cluster.Advertise, out var address) && IPAddress.IsLoopback(address)))
            NotEncrypted(logger, cluster.Advertise, TlsSettings.Section);
    }

    /// <inheritdoc cref="AddClusterTls(WebApplicationBuilder, ClusterSettings, ILoggerFactory)"/>
    internal static void AddClusterTls(IServiceCollection services, TlsSettings settings, ILogger logger)
    {
        var files = new TlsFiles(settings, logger);
        try
        {
            files.Current();
        }
        catch (Exception exception) when (TlsFiles.IsUnreadable(exception))
        {
            throw new ValidationException($"{TlsSettings.Section}: the certificate '{settings.Certificate}', its key or its authority cannot be used: {exception.Message}", exception);
        }

        var tls = new ClusterTls(files, logger, TimeProvider.System);
        services.Configure<SiloConnectionOptions>(options =>
        {
            options.ConfigureSiloInboundConnection(connection => connection.Use(tls.Inbound));
            options.ConfigureGatewayInboundConnection(connection => connection.Use(tls.Inbound));
            options.ConfigureSiloOutboundConnection(connection => connection.Use(tls.Outbound));
        });
        services.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(connection => connection.Use(tls.Outbound)));
    }

    [LoggerMessage(3, LogLevel.Warning, "What this silo says at {Address} is neither encrypted nor authenticated: give {Section} certificates, unless a mesh or a private network protects it.")]
    private static partial void NotEncrypted(ILogger logger, string address, string section);
}
