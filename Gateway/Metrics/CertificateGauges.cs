using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Gateway.Metrics;

/// <summary>
/// When the certificates end that this process serves with, as configured for Kestrel (<c>Kestrel:Certificates:Default:Path</c>,
/// <c>Kestrel:Endpoints:NAME:Certificate:Path</c>) and for what a cluster's processes say to each other
/// (<c>Payments:Cluster:Tls:Certificate</c>). Read at each scrape that finds a file changed: whoever renews them replaces files.
/// </summary>
internal sealed class CertificateGauges : IDisposable
{
    private const string MeterName = "Payments.Gateway.Certificates";

    private readonly Meter meter = new(MeterName);
    private readonly IConfiguration configuration;
    private readonly Dictionary<string, (DateTime WrittenUtc, long NotAfter)> known = new(StringComparer.Ordinal);
    private readonly Lock reading = new();

    public CertificateGauges(IConfiguration configuration)
    {
        this.configuration = configuration;
        meter.CreateObservableGauge(
            "tls_certificate_not_after_seconds", Ends, "s", "When the certificate of an endpoint ends, in seconds since 1970; 0 where its file cannot be read.");
    }

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<long>> Ends()
    {
        foreach (var (endpoint, path, password) in Configured())
            if (path is { Length: > 0 })
                yield return new Measurement<long>(NotAfter(path, password), new KeyValuePair<string, object?>("endpoint", endpoint));
    }

    private IEnumerable<(string Endpoint, string? Path, string? Password)> Configured() => configuration.GetSection("Kestrel:Endpoints").GetChildren()
        .Select(static endpoint => (endpoint.Key, Certificate: endpoint.GetSection("Certificate")))
        .Prepend(("default", configuration.GetSection("Kestrel:Certificates:Default")))
        .Select(static endpoint => (endpoint.Item1, endpoint.Item2["Path"], endpoint.Item2["Password"]))
        .Append(("cluster", configuration["Payments:Cluster:Tls:Certificate"], null));

    private long NotAfter(string path, string? password)
    {
        lock (reading)
        {
            var writtenUtc = WrittenUtc(path);
            if (!known.TryGetValue(path, out var last) || last.WrittenUtc != writtenUtc)
                known[path] = last = (writtenUtc, Read(path, password));
            return last.NotAfter;
        }
    }

    // A secret that is mounted is a link, which stays when what it leads to is renewed.
    private static DateTime WrittenUtc(string path) =>
        File.GetLastWriteTimeUtc(File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path);

    private static long Read(string path, string? password)
    {
        try
        {
            using var certificate = X509Certificate2.GetCertContentType(path) == X509ContentType.Pfx
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password, X509KeyStorageFlags.EphemeralKeySet)
                : X509CertificateLoader.LoadCertificateFromFile(path);
            return new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).ToUnixTimeSeconds();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // What cannot be read is as good as ended: the alert says so, and the server's own log why.
            return 0;
        }
    }
}
