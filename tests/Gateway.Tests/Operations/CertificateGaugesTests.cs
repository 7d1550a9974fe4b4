using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Metrics;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Operations;

/// <summary>When the certificates end that a process serves with.</summary>
public sealed class CertificateGaugesTests : IDisposable
{
    private readonly DirectoryInfo mount = Directory.CreateTempSubdirectory("payments-certificate-");

    public void Dispose() => mount.Delete(recursive: true);

    [Theory]
    [InlineData("Kestrel:Certificates:Default:Path", "default")]
    [InlineData("Kestrel:Endpoints:Https:Certificate:Path", "Https")]
    [InlineData("Payments:Cluster:Tls:Certificate", "cluster")]
    public void A_certificate_that_is_renewed_behind_its_link_is_seen(string setting, string endpoint)
    {
        // As Kubernetes mounts a secret: the file leads to a directory that is replaced as a whole.
        var path = Path.Combine(mount.FullName, "tls.crt");
        var first = Write("first", days: 10);
        Directory.CreateSymbolicLink(Path.Combine(mount.FullName, "..data"), "first");
        File.CreateSymbolicLink(path, Path.Combine("..data", "tls.crt"));
        using var gauges = new CertificateGauges(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(setting, (string?)path)]).Build());

        Assert.Equal((endpoint, first), Assert.Single(Read()));
        var second = Write("second", days: 40);
        Directory.Delete(Path.Combine(mount.FullName, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(mount.FullName, "..data"), "second");
        Assert.Equal((endpoint, second), Assert.Single(Read()));
        File.Delete(path);
        Assert.Equal((endpoint, 0), Assert.Single(Read()));
    }

    // Its end.
    private long Write(string directory, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(days));
        var file = Path.Combine(mount.CreateSubdirectory(directory).FullName, "tls.crt");
        File.WriteAllText(file, certificate.ExportCertificatePem());
        // Whatever the clock's step.
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(days));
        return new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).ToUnixTimeSeconds();
    }

    private static List<(string Endpoint, long NotAfter)> Read()
    {
        List<(string, long)> read = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, one) =>
        {
            if (instrument.Name == "tls_certificate_not_after_seconds")
                one.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => read.Add(((string)tags[0].Value!, value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }
}
