using Grains.Interfaces;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gateway.Traces;

/// <summary>
/// Sends traces to an OpenTelemetry collector (OTLP), where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one; else nobody listens, and
/// nothing is recorded. Protocol, headers, sampler, limits and the service's name are the standard <c>OTEL_</c> variables.
/// </summary>
public static class TraceExport
{
    public const string EndpointSetting = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string DefaultService = "payments";

    /// <summary>The framework's own span of each request. Clients' spans are left out: they hold whole addresses, also those of merchants' receivers.</summary>
    private const string RequestSource = "Microsoft.AspNetCore";

    /// <summary>How long the end of the process waits for the collector.</summary>
    private const int FlushMs = 5_000;

    public static IServiceCollection AddTraceExport(this IServiceCollection services, IConfiguration configuration)
    {
        if (!string.IsNullOrEmpty(configuration[EndpointSetting]))
            services.AddHostedService<Exporter>();
        return services;
    }

    // Begins before requests are taken, and ends after the last of them: what was recorded by then is sent.
    private sealed class Exporter : IHostedService, IDisposable
    {
        private TracerProvider? provider;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            provider = Sdk.CreateTracerProviderBuilder()
                .AddSource(RequestSource, JourneyTrace.SourceName)
                .ConfigureResource(static resource => resource.AddService(DefaultService).AddEnvironmentVariableDetector())
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            provider?.ForceFlush(FlushMs);
            return Task.CompletedTask;
        }

        public void Dispose() => provider?.Dispose();
    }
}
