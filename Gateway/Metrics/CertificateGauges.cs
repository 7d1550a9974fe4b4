using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace Gateway.Metrics;

/// <summary>
/// When the certificates end that this process serves with, as configured for Kestrel (<c>Kestrel:Certificates:Default:Path</c>,
/// <c>Kestrel:Endpoints:NAME:Certificate:Path</c>). Read at each scrape that finds a file changed: whoever renews them replaces files.
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
        foreach (var (endpoint, certificate) in Configured())
            if (certificate["Path"] is { Length: > 0 } path)
                yield return new Measurement<long>(NotAfter(path, certificate["Password"]), new KeyValuePair<string, object?>("endpoint", endpoint));
    }

    private IEnumerable<(string Endpoint, IConfigurationSection Certificate)> Configured() => configuration.GetSection("Kestrel:Endpoints").GetChildren()
        .Select(static endpoint => (endpoint.Key, endpoint.GetSection("Certificate")))
        .Prepend(("default", configuration.GetSection("Kestrel:Certificates:Default")));

    private long NotAfter(string path, string? password)
    {
        lock (reading)
        {
            var writtenUtc = File.GetLastWriteTimeUtc(path);
            if (!known.TryGetValue(path, out var last) || last.WrittenUtc != writtenUtc)
                known[path] = last = (writtenUtc, Read(path, password));
            return last.NotAfter;
        }
    }

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
